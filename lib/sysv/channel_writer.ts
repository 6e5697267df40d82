/** Writing to a channel. */
import { encodeForCall, encodeText } from "../../ffi/text.ts";
import { tellClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import { Deadline, Limit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import type { ChannelEnd } from "./channel_end.ts";
import { FRAME_HEADER, frameSize } from "./channel_memory.ts";
import { ChannelOutlet } from "./channel_outlet.ts";
import type { Sleep } from "./sleep.ts";
import { waitFor, waitForSync } from "./wait.ts";

const DONE = Promise.resolve();

/** A message that waits for room. */
interface Waiting {
  /** None for who waits until all before it is published. */
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
 * something else or blocks in a call of this library, or by {@linkcode ChannelWriter.flush}. What fails then is thrown by
 * the next call.
 */
export class ChannelWriter implements AsyncDisposable {
  readonly #end: ChannelEnd;
  readonly #outlet: ChannelOutlet;
  #writable: WritableStream<Uint8Array<ArrayBuffer> | string> | undefined;
  #closed = false;
  #closing = false;
  /** What is thrown from now on, and whether it ever was. */
  #failure: { readonly error: unknown; told: boolean } | undefined;
  #queue: Waiting[] = [];
  #pumping = false;

  /** Made by {@linkcode Channel.writer}. */
  constructor(end: ChannelEnd) {
    this.#end = end;
    this.#outlet = new ChannelOutlet(end, () => this.#late());
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
    const bytes = this.#bytesOf(message, encodeForCall);
    return this.#queue.length === 0 && this.#outlet.accept(bytes, false);
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
    const failures: unknown[] = [];
    const reject = (reason: unknown) => done = failures.push(reason) > 0;
    const waiting: Waiting = { bytes, direct: true, resolve: () => done = true, reject };
    this.#queue.push(waiting);
    // What handlers send meanwhile is done here as well.
    const pumping = this.#pumping;
    this.#pumping = true;
    try {
      for (let sleep; !done && (sleep = this.#step()) !== undefined;) {
        using last = sleep;
        if (!done) last.end(waitForSync(last.call, deadline.options, (rc) => this.#unused(last, rc)));
      }
    } finally {
      this.#pumping = pumping;
      this.#forget(waiting);
      this.#pumpIfNeeded();
    }
    for (const failure of failures) throw failure;
  }

  /** A handler has thrown, although the wait was over. */
  #unused(sleep: Sleep, rc: number): void {
    sleep.end(rc);
    this.#passOn();
  }

  /** Whoever was woken may have had no use for it. The memory may be gone with the channel. */
  #passOn(): void {
    if (!this.#closed) this.#outlet.passOn();
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

  #pumpIfNeeded(): void {
    if (!this.#pumping && (this.#queue.length > 0 || !this.#outlet.empty)) this.#pump();
  }

  /** The one that waits for room, for all. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      for (let sleep; (sleep = this.#step()) !== undefined;) {
        using last = sleep;
        last.end(await waitFor(last.call, {}, this));
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      // In the same turn as the last step: what comes from now on begins it anew.
      this.#pumping = false;
      this.#passOn();
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error, told: this.#queue.length > 0 };
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }

  /** Do what can be done; what to wait for before there is more, nothing if all is done. */
  #step(): Sleep | undefined {
    for (;;) {
      if (this.#advance()) return undefined;
      const sleep = this.#outlet.sleep();
      if (sleep !== undefined) return sleep;
    }
  }

  /** Publish and accept what can be now; whether that was all. */
  #advance(): boolean {
    for (let first; (first = this.#queue[0]) !== undefined;) {
      if (!(first.bytes === undefined ? this.#outlet.publish() : this.#outlet.accept(first.bytes, first.direct))) {
        return false;
      }
      this.#queue.shift();
      first.resolve();
    }
    return this.#outlet.publish();
  }

  /** It is time to publish what was sent. */
  #late(): void {
    try {
      if (!this.#outlet.publish()) this.#pumpIfNeeded();
    } catch (error) {
      this.#fail(error);
    }
  }

  #bytesOf(message: Uint8Array<ArrayBuffer> | string, encode = encodeText): Uint8Array<ArrayBuffer> {
    this.#check();
    const bytes = typeof message === "string" ? encode(message) : message;
    const { capacity } = this.#end.memory;
    if (frameSize(bytes.length) <= capacity) return bytes;
    throw new RangeError(`A message of ${bytes.length} bytes: this channel holds ${capacity - FRAME_HEADER}`);
  }

  #check(): void {
    if (this.#closing) throw new ClosedError("The channel's writer is closed");
    if (this.#failure === undefined) return;
    this.#failure.told = true;
    throw this.#failure.error;
  }

  /**
   * A stream whose chunks are sent as messages, with the channel's back-pressure. Closing it closes the writer; aborting it
   * closes it as well, and what is not published yet is lost.
   *
   * @throws {ClosedError} if it is closed.
   */
  get writable(): WritableStream<Uint8Array<ArrayBuffer> | string> {
    this.#check();
    return this.#writable ??= new WritableStream({
      write: (message) => this.send(message),
      close: () => this.close(),
      abort: () => this.abandon(),
    });
  }

  /**
   * Publish what was sent, and send nothing from now on; the second time does nothing. The readers come to the end once they
   * have received everything and all writers have closed.
   *
   * @param options When to give up waiting for room: it is closed all the same then, and what is not published is lost.
   * @throws {SyscallError} `EPIPE` if nobody is left to read what was sent; `EIDRM` if the channel was removed.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   */
  async close(options: WaitOptions = {}): Promise<void> {
    if (this.#closed) return;
    this.#closing = true;
    try {
      if (this.#failure === undefined) await this.#send(undefined, options);
      else if (!this.#failure.told) throw this.#failure.error;
    } finally {
      this.abandon();
    }
  }

  /** Close it now: what is not published is lost. @ignore */
  abandon(): void {
    if (this.#closed) return;
    this.#closed = this.#closing = true;
    tellClosing(this);
    for (const { reject } of this.#queue.splice(0)) reject(new ClosedError("The channel's writer was closed"));
    this.#outlet.clear();
    this.#end.writers.detach();
    this.#end.closed();
  }

  /** The same as {@linkcode ChannelWriter.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
