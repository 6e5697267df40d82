/** Writing to a channel. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { encodeText } from "../../ffi/text.ts";
import { tellClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import { Deadline, Limit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { channelError, noReader } from "./channel_errors.ts";
import { FRAME_HEADER, frameSize } from "./channel_memory.ts";
import type { ChannelEnd } from "./channel_reader.ts";
import { Stage } from "./channel_stage.ts";
import { Sleep } from "./sleep.ts";
import { waitFor, waitForSync } from "./wait.ts";

/** How often the microtasks go round before what was sent is published: who sends again and again pays once for all that. */
const ROUNDS = 64;
const DONE = Promise.resolve();

/** A message that waits for room. */
interface Waiting {
  /** Without bytes it is one who waits until all before it is published. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Straight into the ring, so that it is published or not sent at all. */
  readonly direct: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The sending end of a {@linkcode Channel}, made by {@linkcode Channel.writer} and closed by whoever has it:
 * {@linkcode ChannelWriter.close} or the end of an `await using` block publishes what was sent and tells the readers that
 * this was all. If the process ends without that, they learn that it has died.
 *
 * What is sent one after the other is published together: when 64 KiB have come together, when the program waits for
 * something else, or by {@linkcode ChannelWriter.flush}. What fails then is thrown by the next call.
 */
export class ChannelWriter implements AsyncDisposable {
  readonly #end: ChannelEnd;
  readonly #stage: Stage = new Stage();
  #writable: WritableStream<Uint8Array<ArrayBuffer> | string> | undefined;
  #closed = false;
  #failure: { error: unknown } | undefined;
  #queue: Waiting[] = [];
  #pumping = false;
  #rounds = 0;
  #scheduled = false;
  /** Whether the last attempt failed because another writer has the lock. */
  #busy = false;

  /** Made by {@linkcode Channel.writer}. */
  constructor(end: ChannelEnd) {
    this.#end = end;
  }

  /** Whether it was closed here. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Send a message if there is room. It blocks nothing.
   *
   * @param message Bytes, which are copied, or text, which goes as UTF-8; it may be empty.
   * @returns Whether it is sent. It is not if the channel is full, another writer is writing just now, or sends wait here.
   * @throws {RangeError} if the channel could never hold it.
   * @throws {SyscallError} `EPIPE` if all readers have closed or died; `EIDRM` if the channel was removed.
   * @throws {ClosedError} if it is closed.
   */
  trySend(message: Uint8Array<ArrayBuffer> | string): boolean {
    const bytes = this.#bytesOf(message);
    return this.#queue.length === 0 && this.#accept(bytes, false);
  }

  /**
   * Send a message, and wait for room if there is none.
   *
   * It waits on a thread of the library's; one that is given up sends nothing. Messages keep their order.
   *
   * @param message Bytes, which are not to be changed before the promise has resolved, or text, which goes as UTF-8.
   * @param options When to give up.
   * @throws {RangeError} if the channel could never hold it.
   * @throws {SyscallError} `EPIPE` if all readers have closed or died; `EIDRM` if the channel was removed.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { Channel, IPC_PRIVATE } from "@vasty/vasty";
   *
   * using channel = Channel.create(IPC_PRIVATE, { capacity: 65_536 });
   * using reader = channel.reader();
   * {
   *   await using writer = channel.writer();
   *   for (const word of ["one", "two"]) await writer.send(word, { timeout: 1_000 });
   * }
   * const words = [];
   * for await (const message of reader) words.push(new TextDecoder().decode(message));
   * console.assert(words.join() === "one,two");
   * channel.remove();
   * ```
   */
  send(message: Uint8Array<ArrayBuffer> | string, options?: WaitOptions): Promise<void> {
    try {
      if (options === undefined && this.trySend(message)) return DONE;
      return this.#send(this.#bytesOf(message), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * {@linkcode ChannelWriter.send} that blocks this thread; handlers of signals run meanwhile. When it returns the message
   * is published, and all that was sent before.
   *
   * @param message Bytes or text.
   * @param options When to give up.
   * @throws {RangeError} if the channel could never hold it.
   * @throws {SyscallError} as {@linkcode ChannelWriter.send} does.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError"; or what a signal's handler throws.
   */
  sendSync(message: Uint8Array<ArrayBuffer> | string, options: SyncWaitOptions = {}): void {
    const bytes = this.#bytesOf(message);
    const deadline = new Deadline(options);
    let done = false;
    const waiting: Waiting = { bytes, direct: true, resolve: () => done = true, reject: () => {} };
    this.#queue.push(waiting);
    try {
      for (let sleep; !done && (sleep = this.#step()) !== undefined;) {
        using last = sleep;
        if (!done) last.end(waitForSync(last.call, deadline.options, (rc) => last.end(rc)));
      }
    } finally {
      this.#forget(waiting);
      this.#pumpIfNeeded();
    }
  }

  /**
   * Publish all that was sent.
   *
   * @param options When to give up waiting for that; it is published all the same once there is room.
   * @throws {SyscallError} as {@linkcode ChannelWriter.send} does.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   */
  async flush(options: WaitOptions = {}): Promise<void> {
    this.#check();
    await this.#send(undefined, options);
  }

  async #send(bytes: Uint8Array<ArrayBuffer> | undefined, options: WaitOptions = {}): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { bytes, direct: false, resolve, reject };
    using _limit = new Limit(options, (reason) => {
      this.#forget(waiting);
      reject(reason);
    });
    this.#queue.push(waiting);
    this.#pumpIfNeeded();
    await promise;
  }

  #forget(waiting: Waiting): void {
    this.#queue = this.#queue.filter((other) => other !== waiting);
  }

  /** The one that waits for room, for all. */
  #pumpIfNeeded(): void {
    if (this.#pumping || (this.#queue.length === 0 && this.#stage.size === 0)) return;
    this.#pumping = true;
    this.#pump().catch((error) => this.#fail(error)).finally(() => this.#pumping = false);
  }

  async #pump(): Promise<void> {
    for (let sleep; (sleep = this.#step()) !== undefined;) {
      using last = sleep;
      last.end(await waitFor(last.call, {}, this));
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }

  /** Publish and accept what can be; what to wait for before more can be done, nothing if all is done. */
  #step(): Sleep | undefined {
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined) return this.#publish() ? undefined : this.#sleep();
      const accepted = first.bytes === undefined ? this.#publish() : this.#accept(first.bytes, first.direct);
      if (!accepted) return this.#sleep();
      this.#queue.shift();
      first.resolve();
    }
  }

  /** Take a message: onto the stage, or straight into the ring, once what was sent before is there. */
  #accept(bytes: Uint8Array<ArrayBuffer>, direct: boolean): boolean {
    const size = frameSize(bytes.length);
    if (direct || !this.#stage.takes(size)) return this.#publish() && this.#store(bytes, size);
    if (!this.#stage.add(bytes, size)) {
      this.#publish();
      if (!this.#stage.add(bytes, size)) return false;
    }
    this.#publishSoon();
    return true;
  }

  /** Publish what is on the stage, or as much of it as there is room for; whether that was all. */
  #publish(): boolean {
    if (this.#stage.size === 0) return true;
    const { memory, readers, writers } = this.#end;
    if (!this.#lock()) return false;
    const { tail } = memory;
    const frames = this.#stage.fitting(memory.capacity - (tail - memory.head));
    if (frames.count > 0) {
      memory.put(tail, frames.bytes);
      memory.tail = tail + frames.bytes.length;
    }
    writers.unlock();
    this.#stage.drop(frames);
    if (frames.count > 0) readers.wake(frames.count);
    return this.#stage.size === 0;
  }

  /** Publish one message if there is room for it. */
  #store(bytes: Uint8Array<ArrayBuffer>, size: number): boolean {
    const { memory, readers, writers } = this.#end;
    if (!this.#lock()) return false;
    const { tail } = memory;
    const fits = size <= memory.capacity - (tail - memory.head);
    if (fits) {
      memory.put(tail, new Uint8Array(Uint32Array.of(bytes.length, 0).buffer));
      memory.put(tail + FRAME_HEADER, bytes);
      memory.tail = tail + size;
    }
    writers.unlock();
    if (fits) readers.wake(1);
    return fits;
  }

  /** Take the writers' lock, if there is somebody to write for; false if another writer has it. */
  #lock(): boolean {
    const { name, readers, writers } = this.#end;
    if (readers.state === "gone") throw noReader(name);
    const rc = writers.lockNow();
    this.#busy = rc === -ERRNO.EAGAIN;
    if (rc < 0 && !this.#busy) throw channelError("send to", name, -rc);
    return rc === 0;
  }

  /** Until the lock is free, or there may be room. */
  #sleep(): Sleep {
    const { memory, name, readers, writers } = this.#end;
    const ended = (rc: number) => {
      if (rc < 0) throw channelError("send to", name, -rc);
    };
    if (this.#busy) return new Sleep(writers.unlocked(), ended);
    const { head } = memory;
    ended(writers.announce());
    // Whoever takes something from now on sees that somebody sleeps.
    const changed = memory.head !== head || this.#hasRoom || readers.state === "gone";
    return new Sleep(changed ? writers.noWait() : writers.sleeping(), ended, () => writers.stayAwake());
  }

  /** Publish once the program does something else than sending. */
  #publishSoon(): void {
    this.#rounds = 0;
    if (this.#scheduled || this.#pumping) return;
    this.#scheduled = true;
    queueMicrotask(this.#round);
  }

  readonly #round = (): void => {
    if (this.#stage.size > 0 && ++this.#rounds < ROUNDS) return queueMicrotask(this.#round);
    this.#scheduled = false;
    try {
      if (!this.#publish()) this.#pumpIfNeeded();
    } catch (error) {
      this.#fail(error);
    }
  };

  #bytesOf(message: Uint8Array<ArrayBuffer> | string): Uint8Array<ArrayBuffer> {
    this.#check();
    const bytes = typeof message === "string" ? encodeText(message) : message;
    const { capacity } = this.#end.memory;
    if (frameSize(bytes.length) > capacity) {
      throw new RangeError(`A message of ${bytes.length} bytes: this channel holds ${capacity - FRAME_HEADER}`);
    }
    return bytes;
  }

  #check(): void {
    if (this.#closed) throw new ClosedError("The channel's writer is closed");
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
