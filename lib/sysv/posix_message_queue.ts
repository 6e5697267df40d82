/** POSIX message queues. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { MQUEUE } from "../../ffi/abi/mqueue.ts";
import { mqReceive, mqSend } from "../../ffi/mqueue.ts";
import { POLL_READ, POLL_WRITE } from "../../ffi/poll.ts";
import { check } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import { blockUntil, DescriptorWaiter } from "../core/readiness.ts";
import { Turns } from "../core/turns.ts";
import { messageBytes, PosixMessage } from "./posix_message.ts";
import { PosixQueueHandle } from "./posix_queue_handle.ts";
import {
  createQueue,
  type OpenedQueue,
  openQueue,
  type PosixQueueCreateOptions,
  type PosixQueueOptions,
  queueName,
  unlinkQueue,
} from "./posix_queue_open.ts";

/** How a message is sent. */
export interface PosixSendOptions {
  /**
   * From 0 to 32767: what is higher is received earlier.
   * @default {0}
   */
  priority?: number;
}

/**
 * A POSIX message queue: messages of bytes, each with a priority, that any process sends and any process receives, each of
 * them once. It is found by its name, and stays with its messages until it is unlinked; who has it open then goes on using
 * it. The caller closes it, or `using` does.
 *
 * Its descriptor tells when something can be done, so that waiting holds no thread. A pending
 * {@linkcode PosixMessageQueue.send} or {@linkcode PosixMessageQueue.receive} keeps this program alive.
 *
 * @example
 * ```ts
 * import { PosixMessageQueue } from "@vasty/vasty";
 *
 * using queue = PosixMessageQueue.create(`/jobs-${Deno.pid}`, { maxMessages: 4, messageSize: 100 });
 * queue.unlink();
 * await queue.send("later");
 * await queue.send({ job: 7 }, { priority: 1 });
 * console.assert((await queue.receive()).json<{ job: number }>().job === 7);
 * console.assert((await queue.receive()).text() === "later");
 * ```
 * @see mq_overview(7)
 */
export class PosixMessageQueue extends PosixQueueHandle implements AsyncIterable<PosixMessage> {
  readonly #fd: Fd;
  readonly #sending: Turns;
  readonly #receiving: Turns;
  #scratch: Uint8Array<ArrayBuffer> | undefined;

  /** @ignore */
  constructor(opened: OpenedQueue) {
    super(opened);
    this.#fd = opened.fd;
    const reader = new DescriptorWaiter(opened.fd);
    const writer = new DescriptorWaiter(opened.fd);
    this.#receiving = new Turns({ until: () => reader.readable(), wake: () => reader.wake() });
    this.#sending = new Turns({ until: () => writer.writable(), wake: () => writer.wake() });
  }

  /**
   * Make the queue, or open the one that is there, which keeps its limits and its mode.
   *
   * @param name A slash and a name without one, up to 255 bytes.
   * @param options Its limits, who may use it, and what it is opened for.
   * @returns The queue, which the caller closes, and unlinks when nobody needs it any more.
   * @throws {SyscallError} `EEXIST` if there is one and `exclusive` is set; `EACCES` if this user may not use it; `EINVAL` if
   * a limit is beyond the system's, `EMFILE` if it is beyond this user's (RLIMIT_MSGQUEUE) or there are too many
   * descriptors, `ENOSPC` if there are too many queues, `ENOMEM` if there is no memory.
   * @throws {TypeError} if it is no name, or it is to be neither read nor written.
   * @throws {RangeError} if the name is too long, or a limit or the mode is out of range.
   * @example Whoever comes first makes it
   * ```ts
   * import { PosixMessageQueue } from "@vasty/vasty";
   *
   * const name = `/example-${Deno.pid}`;
   * using one = PosixMessageQueue.create(name, { mode: 0o622, maxMessages: 2, messageSize: 8 });
   * using other = PosixMessageQueue.create(name, { read: false });
   * console.assert(one.created && !other.created && other.messageSize === 8);
   * PosixMessageQueue.unlink(name);
   * ```
   * @see mq_open(3)
   */
  static create(name: string, options: PosixQueueCreateOptions = {}): PosixMessageQueue {
    return new PosixMessageQueue(createQueue(name, options));
  }

  /**
   * Open the queue that somebody has made.
   *
   * @param name A slash and a name without one, up to 255 bytes.
   * @param options What it is opened for: to send alone takes the permission to write alone.
   * @returns The queue, which the caller closes.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` if this user may not use it; `EMFILE` or `ENFILE` if there
   * are too many descriptors.
   * @throws {TypeError} if it is no name, or it is to be neither read nor written.
   * @throws {RangeError} if the name is too long.
   * @see mq_open(3)
   */
  static open(name: string, options: PosixQueueOptions = {}): PosixMessageQueue {
    return new PosixMessageQueue(openQueue(name, options));
  }

  /**
   * Remove a queue by its name, without opening it. Who has it open goes on using it.
   *
   * @param name A slash and a name without one.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` if it is not this user's.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long.
   * @see mq_unlink(3)
   */
  static unlink(name: string): void {
    unlinkQueue(name);
  }

  /**
   * Send a message. While the queue is full it waits; sends of this object are carried out in the order of the calls. One
   * that is given up sends nothing.
   *
   * @param data Bytes, which may be changed afterwards; text, sent as UTF-8; any other value, sent as JSON.
   * @param options Its priority, and when to give up.
   * @throws {SyscallError} `EMSGSIZE` if it is longer than {@linkcode PosixMessageQueue.messageSize}; nothing is sent.
   * @throws {TypeError} if JSON has no form for the value, or the queue is not open to send.
   * @throws {RangeError} if the priority is out of range, or `timeout` is negative.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see mq_send(3)
   */
  async send(data: unknown, options: PosixSendOptions & WaitOptions = {}): Promise<void> {
    await this.#sending.run({ attempt: this.#sender(data, options) }, options);
  }

  /**
   * {@linkcode PosixMessageQueue.send} that blocks this thread while the queue is full. It does not stand in line behind
   * sends that wait.
   *
   * @param data Bytes, text, or a value.
   * @param options Its priority, and when to give up.
   * @throws {SyscallError} `EMSGSIZE` if it is too long.
   * @throws {TypeError} if JSON has no form for the value, or the queue is not open to send.
   * @throws {RangeError} if the priority is out of range, or `timeout` is negative.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
   * @see mq_send(3)
   */
  sendSync(data: unknown, options: PosixSendOptions & SyncWaitOptions = {}): void {
    blockUntil(this.#fd, POLL_WRITE, this.#sender(data, options), options);
  }

  /**
   * Send a message if the queue is not full.
   *
   * @param data Bytes, text, or a value.
   * @param options Its priority.
   * @returns Whether it was sent.
   * @throws {SyscallError} `EMSGSIZE` if it is too long.
   * @throws {TypeError} if JSON has no form for the value, or the queue is not open to send.
   * @throws {RangeError} if the priority is out of range.
   * @throws {ClosedError} if it is closed.
   * @see mq_send(3)
   */
  trySend(data: unknown, options: PosixSendOptions = {}): boolean {
    return this.#sender(data, options)() ?? false;
  }

  /** What sends the message, or does nothing if the queue is full. */
  #sender(data: unknown, { priority = 0 }: PosixSendOptions): () => true | undefined {
    if (!Number.isInteger(priority) || priority < 0 || priority >= MQUEUE.MQ_PRIO_MAX) {
      throw new RangeError(`priority must be an integer from 0 to ${MQUEUE.MQ_PRIO_MAX - 1}: ${priority}`);
    }
    if (!this.writable) throw new TypeError(`The ${queueName(this.name)} was not opened to send`);
    const bytes = messageBytes(data);
    return () => {
      let rc: number;
      while ((rc = mqSend(this.number, bytes, priority)) === -ERRNO.EINTR);
      if (rc === -ERRNO.EAGAIN) return undefined;
      const taken = rc === -ERRNO.EMSGSIZE ? `, which takes ${this.messageSize} at most` : "";
      check(rc, `send ${bytes.length} bytes to ${queueName(this.name)}${taken}`, "mq_send", { path: this.name });
      return true;
    };
  }

  /**
   * Take the first message: of those with the highest priority the oldest. While there is none it waits; receives of this
   * object are served in the order of the calls. One that is given up takes nothing.
   *
   * @param options When to give up.
   * @returns The message.
   * @throws {TypeError} if the queue is not open to receive.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see mq_receive(3)
   */
  async receive(options: WaitOptions = {}): Promise<PosixMessage> {
    return await this.#receiving.run({ attempt: () => this.#take() }, options);
  }

  /**
   * {@linkcode PosixMessageQueue.receive} that blocks this thread while there is no message. It does not stand in line
   * behind receives that wait.
   *
   * @param options When to give up.
   * @returns The message.
   * @throws {TypeError} if the queue is not open to receive.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
   * @see mq_receive(3)
   */
  receiveSync(options: SyncWaitOptions = {}): PosixMessage {
    return blockUntil(this.#fd, POLL_READ, () => this.#take(), options);
  }

  /**
   * Take the first message if there is one.
   *
   * @returns The message; undefined if there is none.
   * @throws {TypeError} if the queue is not open to receive.
   * @throws {ClosedError} if it is closed.
   * @see mq_receive(3)
   */
  tryReceive(): PosixMessage | undefined {
    return this.#take();
  }

  #take(): PosixMessage | undefined {
    if (!this.readable) throw new TypeError(`The ${queueName(this.name)} was not opened to receive`);
    const number = this.number;
    const priority = new Uint32Array(1);
    const target = this.#scratch ??= new Uint8Array(this.messageSize);
    let length: number;
    while ((length = mqReceive(number, target, priority)) === -ERRNO.EINTR);
    if (length === -ERRNO.EAGAIN) return undefined;
    check(length, `receive from ${queueName(this.name)}`, "mq_receive", { path: this.name });
    return new PosixMessage(priority[0]!, target.slice(0, length));
  }

  /** What comes, one after the other. It has no end; leaving the loop leaves the queue open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PosixMessage, void> {
    for (;;) yield await this.receive();
  }
}
