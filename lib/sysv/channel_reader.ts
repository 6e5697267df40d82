/** Reading from a channel. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { ClosedError } from "../core/errors.ts";
import { Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { tellClosing } from "../core/closing.ts";
import { channelError, type ChannelName, writerDied } from "./channel_errors.ts";
import { FRAME_HEADER, type ChannelMemory, frameSize } from "./channel_memory.ts";
import type { ChannelSide } from "./channel_side.ts";
import { Sleep } from "./sleep.ts";
import { waitFor, waitForSync } from "./wait.ts";

/** Bytes that are copied out of the ring at once; a message that is longer is copied by itself. */
const WINDOW = 65_536;
/** A message of more than this has memory of its own. */
const LARGE = 4_096;
/** How often the microtasks go round before the lock is released: who receives again and again takes it once for all that. */
const ROUNDS = 64;
const NOTHING = new Uint32Array(0);

/** What there is of a channel, for one of its ends. */
export interface ChannelEnd {
  readonly name: ChannelName;
  readonly memory: ChannelMemory;
  readonly writers: ChannelSide;
  readonly readers: ChannelSide;
  /** This end is closed: the memory may be detached. */
  readonly closed: () => void;
}

/**
 * The receiving end of a {@linkcode Channel}, made by {@linkcode Channel.reader} and closed by whoever has it: by
 * {@linkcode ChannelReader.close}, at the end of a `using` block, or by the kernel when the process ends in any way. Messages
 * that were not received stay for the next reader.
 *
 * Every message goes to one reader, whole and in the order in which its writer has sent it.
 */
export class ChannelReader implements AsyncIterable<Uint8Array<ArrayBuffer>>, Disposable {
  readonly #end: ChannelEnd;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #closed = false;
  #locked = false;
  #rounds = 0;
  #releasing = false;
  /** Where the ring is read on. */
  #head = 0;
  /** What was copied out of the ring from #head on: #at counts its words of 32 bits. */
  #window = NOTHING;
  #at = 0;

  /** Made by {@linkcode Channel.reader}. */
  constructor(end: ChannelEnd) {
    this.#end = end;
  }

  /** Whether it was closed here. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next message, if there is one now. It blocks nothing.
   *
   * @returns The message, the caller's to keep (small ones that came together share an `ArrayBuffer`); undefined if there is
   * none now; null at the end: all writers have closed, and all messages are received.
   * @throws {SyscallError} `ECONNRESET` at the end if the last writers have died instead; `EIDRM` if the channel was removed.
   * @throws {ClosedError} if it is closed.
   */
  tryReceive(): Uint8Array<ArrayBuffer> | null | undefined {
    if (this.#at < this.#window.length && this.#locked) {
      const message = this.#next();
      if (message !== undefined) return message;
    }
    this.#check();
    return this.#take();
  }

  /**
   * The next message.
   *
   * It waits on a thread of the library's; one that is given up takes no message.
   *
   * @param options When to give up.
   * @returns As {@linkcode ChannelReader.tryReceive}, never undefined.
   * @throws {SyscallError} `ECONNRESET` at the end if the last writers have died; `EIDRM` if the channel was removed.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { Channel, IPC_PRIVATE } from "@vasty/vasty";
   *
   * using channel = Channel.create(IPC_PRIVATE);
   * using reader = channel.reader();
   * await using writer = channel.writer();
   * await writer.send("hello");
   * console.assert(new TextDecoder().decode((await reader.receive({ timeout: 1_000 }))!) === "hello");
   * channel.remove();
   * ```
   */
  receive(options: WaitOptions = {}): Promise<Uint8Array<ArrayBuffer> | null> {
    if (options.signal === undefined && options.timeout === undefined) {
      try {
        const message = this.tryReceive();
        if (message !== undefined) return Promise.resolve(message);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#receive(options);
  }

  async #receive(options: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    const deadline = new Deadline(options);
    for (;;) {
      const message = this.tryReceive();
      if (message !== undefined) return message;
      using sleep = this.#sleep();
      if (sleep !== undefined) sleep.end(await waitFor(sleep.call, deadline.options, this));
    }
  }

  /**
   * {@linkcode ChannelReader.receive} that blocks this thread; handlers of signals run meanwhile.
   *
   * @param options When to give up.
   * @returns As {@linkcode ChannelReader.receive}.
   * @throws {SyscallError} as {@linkcode ChannelReader.receive} does.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError"; or what a signal's handler throws.
   */
  receiveSync(options: SyncWaitOptions = {}): Uint8Array<ArrayBuffer> | null {
    const deadline = new Deadline(options);
    for (;;) {
      const message = this.tryReceive();
      if (message !== undefined) return message;
      using sleep = this.#sleep();
      if (sleep !== undefined) sleep.end(waitForSync(sleep.call, deadline.options, (rc) => sleep.end(rc)));
    }
  }

  /** Until the lock is free, or there may be something; nothing if there is something already. */
  #sleep(): Sleep | undefined {
    const { readers, name, memory, writers } = this.#end;
    if (this.#busy) {
      return new Sleep(readers.locking(), (rc) => this.#took(rc));
    }
    this.#release();
    const rc = readers.announce();
    if (rc < 0) throw channelError("receive from", name, -rc);
    // Whoever publishes from now on sees that somebody sleeps.
    if (memory.tail !== memory.head || writers.state === "gone") return void readers.stayAwake();
    return new Sleep(readers.sleeping(), (rc) => {
      if (rc < 0) throw channelError("receive from", name, -rc);
    }, () => readers.stayAwake());
  }

  /** Whether the last look failed because another reader has the lock. */
  #busy = false;

  #took(rc: number): void {
    if (rc < 0) throw channelError("receive from", this.#end.name, -rc);
    this.#entered();
    this.#releaseSoon();
  }

  /** Look into the ring. */
  #take(): Uint8Array<ArrayBuffer> | null | undefined {
    const { readers, name, memory, writers } = this.#end;
    if (!this.#locked) {
      const rc = readers.lockNow();
      this.#busy = rc === -ERRNO.EAGAIN;
      if (this.#busy) return undefined;
      if (rc < 0) throw channelError("receive from", name, -rc);
      this.#entered();
    }
    // Asked before the ring is looked at: what the last writer has sent before it went is there by then.
    const gone = this.#window.length <= this.#at && memory.tail === this.#head && writers.state === "gone";
    const message = this.#next() ?? (this.#fill() ? this.#next() : undefined);
    if (message !== undefined) return message;
    this.#release();
    if (!gone) return undefined;
    if (writers.died > 0) throw writerDied(name);
    return null;
  }

  /** The lock is ours. What was copied is of use if nobody has read since. */
  #entered(): void {
    this.#locked = true;
    this.#busy = false;
    const { head } = this.#end.memory;
    if (head !== this.#head) this.#window = NOTHING;
    this.#head = head;
  }

  /** Copy out of the ring what there is, or as much as is worth it; whether there was something. */
  #fill(): boolean {
    const { memory, writers } = this.#end;
    // Not for each message: writers that wait for room are woken once there is some worth writing to.
    writers.wake(Infinity);
    const there = memory.tail - this.#head;
    if (there === 0) return false;
    const alone = memory.load("READERS") <= 1;
    const window = new Uint8Array(Math.min(there, alone ? WINDOW : FRAME_HEADER));
    memory.get(this.#head, window);
    this.#window = new Uint32Array(window.buffer);
    this.#at = 0;
    return true;
  }

  /** The next message of what was copied; undefined if there is none whole. */
  #next(): Uint8Array<ArrayBuffer> | undefined {
    const window = this.#window;
    if (this.#at >= window.length) return undefined;
    const { memory } = this.#end;
    const length = window[this.#at]!;
    const size = frameSize(length);
    const start = 4 * this.#at + FRAME_HEADER;
    let message: Uint8Array<ArrayBuffer>;
    if (length <= LARGE && start + length <= window.byteLength) {
      message = new Uint8Array(window.buffer, start, length);
    } else if (this.#at > 0 && start + length > window.byteLength) {
      this.#window = NOTHING;
      return undefined;
    } else {
      message = new Uint8Array(length);
      memory.get(this.#head + FRAME_HEADER, message);
    }
    this.#at += size >> 2;
    memory.head = this.#head += size;
    if (memory.load("READERS") > 1) this.#release();
    else this.#releaseSoon();
    return message;
  }

  #release(): void {
    if (!this.#locked) return;
    this.#locked = false;
    this.#end.readers.unlock();
    this.#end.writers.wake(Infinity);
  }

  /** Release the lock once nobody receives any more in this turn of the loop. */
  #releaseSoon(): void {
    this.#rounds = 0;
    if (this.#releasing) return;
    this.#releasing = true;
    queueMicrotask(this.#round);
  }

  readonly #round = (): void => {
    if (this.#locked && ++this.#rounds < ROUNDS) return queueMicrotask(this.#round);
    this.#releasing = false;
    this.#release();
  };

  #check(): void {
    if (this.#closed) throw new ClosedError("The channel's reader is closed");
  }

  /** The messages, until the end; see {@linkcode ChannelReader.receive} for what it throws. Leaving the loop closes nothing. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    for (;;) {
      const message = await this.receive();
      if (message === null) return;
      yield message;
    }
  }

  /**
   * The messages as a stream, a chunk for each: they are received as the stream is read, none ahead of it. Cancelling it
   * closes the reader.
   *
   * @throws {ClosedError} if it is closed.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#check();
    return this.#readable ??= new ReadableStream({
      pull: async (controller) => {
        const message = await this.receive();
        if (message !== null) return controller.enqueue(message);
        controller.close();
        this.close();
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /** Stop reading; the second time does nothing. A receive that waits rejects with a {@linkcode ClosedError}. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    tellClosing(this);
    this.#release();
    const { readers, memory, closed } = this.#end;
    memory.add("READERS", -1);
    readers.detach();
    closed();
  }

  /** The same as {@linkcode ChannelReader.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
