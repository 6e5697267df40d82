/** Structured messages between processes. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { MOST_RIGHTS, type Received, receiveRights } from "../../ffi/rights.ts";
import { shutdown } from "../../ffi/sys_socket.ts";
import { check, ClosedError, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import { DescriptorWaiter } from "../core/readiness.ts";
import { Turns } from "../core/turns.ts";
import { type Frame, Frames, HEADER, putHeader } from "./message_frames.ts";
import { messageValues, snapshot } from "./message_value.ts";
import { Outgoing } from "./outgoing.ts";

/** How {@linkcode Messages.send} sends. */
export interface SendOptions extends WaitOptions {
  /** Descriptors that the other side gets a copy of, at most 253; they stay the sender's. @default {[]} */
  fds?: readonly Fd[];
}

/** What has come. At the end of a `using` block its descriptors are closed. */
export interface Message<T = unknown> extends Disposable {
  /** What was sent: a copy. */
  readonly value: T;
  /** Copies of the descriptors that were sent with it, close-on-exec; the receiver owns and closes them. */
  readonly fds: readonly Fd[];
}

/**
 * Values and descriptors to and from another process, in order, each whole or not at all. {@linkcode openMessages} makes
 * one at each end of a `socketpair()`. `for await` gives what comes up to the end, and leaves the channel open.
 *
 * A pending {@linkcode Messages.send} or {@linkcode Messages.receive} keeps this program alive, unless
 * {@linkcode Messages.unref} was called.
 */
export class Messages<T = unknown> implements AsyncIterable<Message<T>>, Disposable {
  readonly #fd: Fd;
  readonly #longest: number;
  readonly #frames: Frames;
  readonly #readable: DescriptorWaiter;
  readonly #writable: DescriptorWaiter;
  readonly #receiving: Turns;
  readonly #sending: Turns;
  /** Why nothing can be sent any more. */
  #unsendable: { reason: unknown } | undefined;
  /** Nothing more comes; an error if that is not the peer's decision. */
  #over: { error?: unknown } | undefined;

  /** @ignore */
  constructor(fd: Fd, longest: number) {
    this.#fd = fd;
    this.#longest = longest;
    this.#frames = new Frames(longest);
    const reader = this.#readable = new DescriptorWaiter(fd);
    const writer = this.#writable = new DescriptorWaiter(fd);
    this.#receiving = new Turns({ until: () => reader.readable(), wake: () => reader.wake() });
    this.#sending = new Turns({ until: () => writer.writable(), wake: () => writer.wake() });
  }

  /**
   * Send a copy of `value`: whatever structured clone carries (objects and arrays with cycles, `Map`, `Set`, `Date`,
   * `RegExp`, `BigInt`, `ArrayBuffer` and its views, `Error`, `undefined`), but no `Blob`, `File` or `CryptoKey`.
   * It is copied at once and may be changed afterwards.
   *
   * Waits while the other side does not read and the socket is full. Sends are carried out in the order of the calls.
   * A limit that is reached before the first byte has gone sends nothing; after that the message goes on its way whole,
   * as half of one would be the end of the channel, and only the wait is given up.
   *
   * @param value What to send.
   * @param options Descriptors to send with it, and when to give up.
   * @throws {DOMException} "DataCloneError" if `value` holds a function, a symbol, a stream, shared memory or anything
   * else that cannot be copied; nothing is sent then.
   * @throws {SyscallError} `EPIPE` or `ECONNRESET` if the other side has closed or died; `ETOOMANYREFS` if too many sent
   * descriptors wait to be received.
   * @throws {RangeError} if it is longer than `maxLength`, or there are more than 253 descriptors; nothing is sent then.
   * @throws {ClosedError} if the channel, or one of `fds`, was closed.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example Hand an open pipe over
   * ```ts
   * import { openMessages, pipe, socketpair } from "@vasty/vasty";
   *
   * const [left, right] = socketpair();
   * using ours = openMessages(left.fd);
   * using theirs = openMessages(right.fd);
   * const { reader, writer } = pipe();
   * await ours.send({ log: "here" }, { fds: [writer] });
   * writer.close();
   * using message = await theirs.receive();
   * console.assert(message?.fds.length === 1);
   * reader.close();
   * ```
   * @see unix(7)
   */
  async send(value: unknown, options: SendOptions = {}): Promise<void> {
    const { fds = [] } = options;
    if (fds.length > MOST_RIGHTS) {
      throw new RangeError(`A message takes ${MOST_RIGHTS} descriptors at most, not ${fds.length}`);
    }
    for (const fd of fds) if (!(fd instanceof Fd)) throw new TypeError(`Not an Fd: ${Deno.inspect(fd)}`);
    const copy = snapshot(value);
    const values = await messageValues();
    const encode = () => {
      if (this.#unsendable) throw this.#unsendable.reason;
      const frame = values.encode(copy, new Uint8Array(HEADER));
      const length = frame.length - HEADER;
      if (length > this.#longest) {
        throw new RangeError(`A message of ${length} bytes is longer than maxLength, ${this.#longest}`);
      }
      putHeader(frame, fds.length);
      return frame;
    };
    await this.#sending.run(new Outgoing(this.#fd, encode, fds, (reason) => this.#stopSending(reason)), options);
  }

  /**
   * Tell the other side that nothing more comes, once all that was sent before is on its way; receiving goes on.
   *
   * @param options When to give up.
   * @throws {ClosedError} if the channel was closed.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { openMessages, socketpair } from "@vasty/vasty";
   *
   * const [left, right] = socketpair();
   * using ours = openMessages(left.fd);
   * using theirs = openMessages(right.fd);
   * await ours.end();
   * console.assert(await theirs.receive() === null);
   * await theirs.send("still heard");
   * console.assert((await ours.receive())?.value === "still heard");
   * ```
   * @see shutdown(2)
   */
  async end(options: WaitOptions = {}): Promise<void> {
    await messageValues(); // as the sends before it do
    const attempt = () => {
      if (this.#fd.closed) throw new ClosedError("The channel was closed");
      return this.#stopSending(new ClosedError("The channel was ended"));
    };
    await this.#sending.run({ attempt }, options);
  }

  /** Half of a message must look like that to the other side, and not like one that is still coming. */
  #stopSending(reason: unknown): true {
    this.#unsendable ??= { reason };
    if (!this.#fd.closed) shutdown(this.#fd.number, SOCKET.SHUT_WR);
    return true;
  }

  /**
   * The next message; `null` at the end, when the other side has closed or ended and all that it sent was received.
   * Giving up loses nothing: what has come of a message is kept for the next call.
   *
   * @param options When to give up.
   * @returns The message, whose descriptors the caller closes, or `null`.
   * @throws {Deno.errors.UnexpectedEof} if the other side died in the middle of a message.
   * @throws {SyscallError} `ECONNRESET` if the other side left without having read all; `EMFILE` if descriptors of the
   * message could not be taken: it is lost, and the next one comes.
   * @throws {RangeError} if a message is longer than `maxLength`; nothing can be received any more then.
   * @throws {Deno.errors.InvalidData} if what came is no message.
   * @throws {ClosedError} if the channel was closed here.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { openMessages, socketpair } from "@vasty/vasty";
   *
   * const [left, right] = socketpair();
   * using ours = openMessages(left.fd);
   * using theirs = openMessages<Map<string, Date>>(right.fd);
   * await ours.send(new Map([["now", new Date()]]));
   * using message = await theirs.receive({ timeout: 1_000 });
   * console.assert(message?.value.get("now") instanceof Date);
   * ```
   * @see recvmsg(2)
   */
  async receive(options: WaitOptions = {}): Promise<Message<T> | null> {
    const values = messageValues();
    const frame = await this.#receiving.run({ attempt: () => this.#take() }, options);
    if (frame === null) return null;
    const { bytes, fds } = frame;
    const dispose = () => fds.forEach((fd) => fd.close());
    try {
      if (frame.truncated) throw syscallError("take the descriptors of a message", ERRNO.EMFILE, "recvmsg");
      return { value: (await values).decode(bytes) as T, fds, [Symbol.dispose]: dispose };
    } catch (error) {
      dispose();
      throw error;
    }
  }

  /** A message, `null` at the end, or nothing if none is there yet. */
  #take(): Frame | null | undefined {
    for (;;) {
      const fd = this.#fd.number;
      const frame = this.#frames.next();
      if (frame !== undefined) return frame;
      if (this.#over) {
        if ("error" in this.#over) throw this.#over.error;
        return null;
      }
      const received = receiveRights(fd, this.#frames.target);
      if (received.count === -ERRNO.EAGAIN) return undefined;
      if (received.count !== -ERRNO.EINTR) this.#took(received, fd);
    }
  }

  #took(received: Received, fd: number): void {
    try {
      check(received.count, `receive a message from descriptor ${fd}`, "recvmsg", { fd });
      if (received.count > 0) return this.#frames.took(received);
      const { unfinished } = this.#frames;
      if (unfinished !== undefined) {
        throw new Deno.errors.UnexpectedEof(`The other side ended in the middle of a message: ${unfinished} came`);
      }
      this.#over = {};
    } catch (error) {
      this.#over = { error };
    }
  }

  /** What comes, one after the other, up to the end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Message<T>, void> {
    for (let message; (message = await this.receive()) !== null;) yield message;
  }

  /** Have pending sends and receives keep this program alive, as at the beginning. */
  ref(): void {
    this.#hold(true);
  }

  /** Let this program end while sends and receives are pending. */
  unref(): void {
    this.#hold(false);
  }

  #hold(on: boolean): void {
    for (const part of [this.#readable, this.#writable, this.#receiving, this.#sending]) part.hold(on);
  }

  /**
   * Close it; the second time does nothing. Pending sends and receives reject with a {@linkcode ClosedError}, descriptors
   * that nobody has received are closed. The other side gets what was sent, and then the end.
   */
  close(): void {
    this.#fd.close();
    this.#frames[Symbol.dispose]();
  }

  /** The same as {@linkcode Messages.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
