/** Reading from a channel. */
import { withTurn } from "../../ffi/reactor.ts";
import { tellClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import { Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import type { ChannelEnd } from "./channel_end.ts";
import { ChannelIntake } from "./channel_intake.ts";
import { waitFor, waitForSync } from "./wait.ts";

const NO_OPTIONS: ChannelReceiveOptions = {};

/** How a message is received at once. */
export interface ChannelTryReceiveOptions {
  /**
   * Memory to copy the message to instead of memory of its own: what is received is the part of it that it fills.
   * @default {none}
   */
  into?: Uint8Array<ArrayBuffer>;
}

/** How a message is received. */
export interface ChannelReceiveOptions extends ChannelTryReceiveOptions, WaitOptions {}

/** How a message is received by a blocking twin. */
export interface ChannelReceiveSyncOptions extends ChannelTryReceiveOptions, SyncWaitOptions {}

/**
 * The receiving end of a {@linkcode Channel}, made by {@linkcode Channel.reader} and closed by whoever has it: by
 * {@linkcode ChannelReader.close}, at the end of a `using` block, or by the kernel when the process ends in any way. Messages
 * that were not received stay for the next reader.
 *
 * Every message goes to one reader, whole and in the order in which its writer has sent it.
 */
export class ChannelReader implements AsyncIterable<Uint8Array<ArrayBuffer>>, Disposable {
  readonly #end: ChannelEnd;
  readonly #intake: ChannelIntake;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #closed = false;
  /** Made by {@linkcode Channel.reader}. */
  constructor(end: ChannelEnd) {
    this.#end = end;
    this.#intake = new ChannelIntake(end);
  }

  /** Whether it was closed here. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next message, if there is one now. It blocks nothing.
   *
   * @param options Where to copy it.
   * @returns The message, the caller's to keep (small ones that came together share an `ArrayBuffer`); undefined if there is
   * none now; null at the end: all writers have closed, and all messages are received.
   * @throws {SyscallError} `ECONNRESET` at the end if the last writers have died instead; `EIDRM` if the channel was removed.
   * @throws {RangeError} if it is longer than the memory given, and stays.
   * @throws {ClosedError} if it is closed.
   */
  tryReceive({ into }: ChannelTryReceiveOptions = NO_OPTIONS): Uint8Array<ArrayBuffer> | null | undefined {
    this.#check();
    return this.#intake.take(into);
  }

  /**
   * The next message.
   *
   * It waits on a thread of the library's; one that is given up takes no message.
   *
   * @param options Where to copy it, and when to give up.
   * @returns As {@linkcode ChannelReader.tryReceive}, never undefined.
   * @throws {SyscallError} `ECONNRESET` at the end if the last writers have died; `EIDRM` if the channel was removed.
   * @throws {RangeError} if it is longer than the memory given, and stays.
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
  receive(options: ChannelReceiveOptions = NO_OPTIONS): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const { signal, timeout, into } = options;
      const now = signal === undefined && timeout === undefined;
      const message = now && !this.#closed ? this.#intake.take(into) : undefined;
      if (message === undefined) return this.#wait(() => this.tryReceive(options), options);
      return Promise.resolve(withTurn(message));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Until `look` finds something. */
  async #wait<T>(look: () => T | undefined, options: WaitOptions): Promise<T> {
    const deadline = new Deadline(options);
    for (;;) {
      const found = look();
      if (found !== undefined) return withTurn(found);
      using sleep = this.#intake.sleep();
      if (sleep !== undefined) sleep.end(await waitFor(sleep.call, deadline.options, this));
    }
  }

  /** The same, and block this thread. */
  #block<T>(look: () => T | undefined, options: SyncWaitOptions): T {
    const deadline = new Deadline(options);
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      using sleep = this.#intake.sleep();
      const unused = (rc: number) => {
        sleep?.end(rc);
        if (!this.#closed) this.#intake.passOn();
      };
      if (sleep !== undefined) sleep.end(waitForSync(sleep.call, deadline.options, unused));
    }
  }

  /**
   * {@linkcode ChannelReader.receive} that blocks this thread; handlers of signals run meanwhile.
   *
   * @param options Where to copy it, and when to give up.
   * @returns As {@linkcode ChannelReader.receive}.
   * @throws {SyscallError} as {@linkcode ChannelReader.receive} does.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError"; or what a signal's handler throws.
   */
  receiveSync(options: ChannelReceiveSyncOptions = {}): Uint8Array<ArrayBuffer> | null {
    return this.#block(() => this.tryReceive(options), options);
  }

  /**
   * The messages that are there now, as many as were copied at once: up to 64 KiB of small ones, or one. It blocks nothing,
   * and costs less for each message than to receive them one by one. With other readers there is never more than one.
   *
   * @returns The messages, in their order; undefined if there is none now; null at the end.
   * @throws {SyscallError} as {@linkcode ChannelReader.tryReceive} does.
   * @throws {ClosedError} if it is closed.
   */
  tryReceiveMany(): Uint8Array<ArrayBuffer>[] | null | undefined {
    this.#check();
    return this.#intake.takeMany();
  }

  /**
   * {@linkcode ChannelReader.tryReceiveMany}, once there is a message.
   *
   * @param options When to give up.
   * @returns The messages, in their order; null at the end.
   * @throws {SyscallError} as {@linkcode ChannelReader.receive} does.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { Channel, IPC_PRIVATE } from "@vasty/vasty";
   *
   * using channel = Channel.create(IPC_PRIVATE);
   * using reader = channel.reader();
   * {
   *   await using writer = channel.writer();
   *   for (let i = 0; i < 1_000; i++) await writer.send(`${i}`);
   * }
   * let count = 0;
   * for (let messages; (messages = await reader.receiveMany()) !== null;) count += messages.length;
   * console.assert(count === 1_000);
   * channel.remove();
   * ```
   */
  async receiveMany(options: WaitOptions = NO_OPTIONS): Promise<Uint8Array<ArrayBuffer>[] | null> {
    return await this.#wait(() => this.tryReceiveMany(), options);
  }

  /**
   * {@linkcode ChannelReader.receiveMany} that blocks this thread; handlers of signals run meanwhile.
   *
   * @param options When to give up.
   * @returns The messages, in their order; null at the end.
   * @throws {SyscallError} as {@linkcode ChannelReader.receive} does.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError"; or what a signal's handler throws.
   */
  receiveManySync(options: SyncWaitOptions = {}): Uint8Array<ArrayBuffer>[] | null {
    return this.#block(() => this.tryReceiveMany(), options);
  }

  #check(): void {
    if (this.#closed) throw new ClosedError("The channel's reader is closed");
  }

  /** The messages, until the end; see {@linkcode ChannelReader.receive} for what it throws. Leaving the loop closes nothing. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array<ArrayBuffer>, void> {
    // By hand: a generator would take twice as long for each message.
    const iterator: AsyncIterableIterator<Uint8Array<ArrayBuffer>, void> = {
      next: () => this.receive().then(resultOf),
      return: () => Promise.resolve(END),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
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
    this.#intake.release();
    const { readers, closed } = this.#end;
    readers.detach();
    closed();
  }

  /** The same as {@linkcode ChannelReader.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

const END: IteratorReturnResult<void> = { value: undefined, done: true };

function resultOf(message: Uint8Array<ArrayBuffer> | null): IteratorResult<Uint8Array<ArrayBuffer>, void> {
  return message === null ? END : { value: message, done: false };
}
