/** Messages into and out of an open POSIX queue. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { MQUEUE } from "../../ffi/abi/mqueue.ts";
import { Incoming, mqSend } from "../../ffi/mqueue.ts";
import { POLL_READ, POLL_WRITE } from "../../ffi/poll.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import { blockUntil, DescriptorWaiter } from "../core/readiness.ts";
import { Turns } from "../core/turns.ts";
import { messageBytes, PosixMessage } from "./posix_message.ts";
import { PosixQueueHandle } from "./posix_queue_handle.ts";
import { type OpenedQueue, queueName } from "./posix_queue_open.ts";

/** How a message is sent. */
export interface PosixSendOptions {
  /**
   * From 0 to 32767: what is higher is received earlier.
   * @default {0}
   */
  priority?: number;
}

/** What is sent to an open queue and received from it. It is made by `PosixMessageQueue` alone. */
export class PosixQueueTraffic extends PosixQueueHandle implements AsyncIterable<PosixMessage> {
  readonly #fd: Fd;
  readonly #sending: Turns;
  readonly #receiving: Turns;
  #incoming: Incoming | undefined;

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
   * Send a message. While the queue is full it waits; sends of this object are carried out in the order of the calls. One
   * that is given up sends nothing.
   *
   * @param content Bytes, which may be changed afterwards; text, sent as UTF-8; any other value, sent as JSON.
   * @param options Its priority, and when to give up.
   * @throws {SyscallError} `EMSGSIZE` if it is longer than its `messageSize`; nothing is sent.
   * @throws {TypeError} if JSON has no form for the value, or the queue is not open to send.
   * @throws {RangeError} if the priority is out of range, or `timeout` is negative.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { PosixMessageQueue } from "@vasty/vasty";
   *
   * using queue = PosixMessageQueue.create(`/send-${Deno.pid}`);
   * queue.unlink();
   * await queue.send({ temperature: 21.5 }, { priority: 3, timeout: 1_000 });
   * console.assert((await queue.receive()).json<{ temperature: number }>().temperature === 21.5);
   * ```
   * @see mq_send(3)
   */
  async send(content: unknown, options: PosixSendOptions & WaitOptions = {}): Promise<void> {
    await this.#sending.run({ attempt: this.#sender(content, options) }, options);
  }

  /**
   * {@linkcode PosixQueueTraffic.send} that blocks this thread while the queue is full. It does not stand in line behind
   * sends that wait.
   *
   * @param content Bytes, text, or a value.
   * @param options Its priority, and when to give up.
   * @throws {SyscallError} `EMSGSIZE` if it is too long.
   * @throws {TypeError} if JSON has no form for the value, or the queue is not open to send.
   * @throws {RangeError} if the priority is out of range, or `timeout` is negative.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
   * @see mq_send(3)
   */
  sendSync(content: unknown, options: PosixSendOptions & SyncWaitOptions = {}): void {
    blockUntil(this.#fd, POLL_WRITE, this.#sender(content, options), options);
  }

  /**
   * Send a message if the queue is not full.
   *
   * @param content Bytes, text, or a value.
   * @param options Its priority.
   * @returns Whether it was sent.
   * @throws {SyscallError} `EMSGSIZE` if it is too long.
   * @throws {TypeError} if JSON has no form for the value, or the queue is not open to send.
   * @throws {RangeError} if the priority is out of range.
   * @throws {ClosedError} if it is closed.
   * @example
   * ```ts
   * import { PosixMessageQueue } from "@vasty/vasty";
   *
   * using queue = PosixMessageQueue.create(`/try-${Deno.pid}`, { maxMessages: 1, messageSize: 10 });
   * queue.unlink();
   * console.assert(queue.trySend("one") && !queue.trySend("two"));
   * console.assert(queue.tryReceive()?.text() === "one" && queue.tryReceive() === undefined);
   * ```
   * @see mq_send(3)
   */
  trySend(content: unknown, options: PosixSendOptions = {}): boolean {
    return this.#sender(content, options)() ?? false;
  }

  /** What sends the message, or does nothing if the queue is full. */
  #sender(content: unknown, { priority = 0 }: PosixSendOptions): () => true | undefined {
    if (!Number.isInteger(priority) || priority < 0 || priority >= MQUEUE.MQ_PRIO_MAX) {
      throw new RangeError(`priority must be an integer from 0 to ${MQUEUE.MQ_PRIO_MAX - 1}: ${priority}`);
    }
    if (!this.writable) throw new TypeError(`The ${queueName(this.name)} was not opened to send`);
    const bytes = messageBytes(content);
    return () => {
      let rc: number;
      while ((rc = mqSend(this.number, bytes, priority)) === -ERRNO.EINTR);
      if (rc === -ERRNO.EAGAIN) return undefined;
      if (rc === 0) return true;
      const taken = rc === -ERRNO.EMSGSIZE ? `, which takes ${this.messageSize} at most` : "";
      const doing = `send ${bytes.length} bytes to ${queueName(this.name)}${taken}`;
      throw syscallError(doing, -rc, "mq_send", { path: this.name });
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
   * @example
   * ```ts
   * import { PosixMessageQueue } from "@vasty/vasty";
   *
   * using queue = PosixMessageQueue.create(`/receive-${Deno.pid}`);
   * queue.unlink();
   * const coming = queue.receive({ timeout: 1_000 });
   * queue.sendSync("hello", { priority: 9 });
   * const message = await coming;
   * console.assert(message.priority === 9 && message.text() === "hello");
   * ```
   * @see mq_receive(3)
   */
  async receive(options: WaitOptions = {}): Promise<PosixMessage> {
    return await this.#receiving.run({ attempt: () => this.#take() }, options);
  }

  /**
   * {@linkcode PosixQueueTraffic.receive} that blocks this thread while there is no message. It does not stand in line
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
    const incoming = this.#incoming ??= new Incoming(this.messageSize);
    let length: number;
    while ((length = incoming.receive(number)) === -ERRNO.EINTR);
    if (length === -ERRNO.EAGAIN) return undefined;
    if (length < 0) {
      throw syscallError(`receive from ${queueName(this.name)}`, -length, "mq_receive", { path: this.name });
    }
    return new PosixMessage(incoming.priority, incoming.copy(length));
  }

  /**
   * What comes, one after the other, until the queue is closed here. Leaving the loop leaves it open.
   *
   * @param options When to give up, for each message anew.
   * @returns The messages.
   * @throws {TypeError} if the queue is not open to receive.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { PosixMessageQueue } from "@vasty/vasty";
   *
   * using queue = PosixMessageQueue.create(`/loop-${Deno.pid}`);
   * queue.unlink();
   * for (const text of ["one", "two", "end"]) queue.sendSync(text);
   * for await (const message of queue.messages({ timeout: 1_000 })) if (message.text() === "end") break;
   * console.assert(queue.tryReceive() === undefined);
   * ```
   */
  async *messages(options: WaitOptions = {}): AsyncGenerator<PosixMessage, void> {
    try {
      for (;;) yield await this.receive(options);
    } catch (error) {
      if (!(this.closed && error instanceof ClosedError)) throw error;
    }
  }

  /** The same as {@linkcode PosixQueueTraffic.messages}. */
  [Symbol.asyncIterator](): AsyncGenerator<PosixMessage, void> {
    return this.messages();
  }
}
