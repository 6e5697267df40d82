/** Sending to a System V queue and receiving from it: at once, on a thread of the library's, or blocking. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { turnDue, withTurn } from "../../ffi/reactor.ts";
import { msgrcvNow } from "../../ffi/sys_msg.ts";
import { checkLimit, Deadline, type LimitOptions, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { type QueueName, queueName, receiveError, sendError } from "./queue_errors.ts";
import type { MessageBuffer } from "./message_buffer.ts";
import { Incoming, receiveNow, type Wanted } from "./queue_incoming.ts";
import type { QueueMessage } from "./queue_message.ts";
import { Outgoing, putMessage, sendNow } from "./queue_outgoing.ts";
import { SendingOrder } from "./sending_order.ts";
import { type Closable, waitFor, waitForSync } from "./wait.ts";

/** What needs no look: most calls that block find that they need not. */
export const NO_LIMIT: SyncWaitOptions = {};

export class QueueTransfer {
  readonly #queue: QueueName;
  readonly #order = new SendingOrder();
  /** What a time limit says. */
  readonly #sending = () => `send to ${queueName(this.#queue)}, which has no room`;
  readonly #receiving = () => `receive from ${queueName(this.#queue)}`;

  constructor(queue: QueueName) {
    this.#queue = queue;
  }

  /** Whether there was room, and no earlier message waits for it. */
  sendNow(type: number, content: unknown): boolean {
    const length = putMessage(type, content);
    if (!this.#order.free) return false;
    return sendNow(this.#queue.id, length) === 0 || this.#sentSlowly(length);
  }

  /** Once more, for the reason; an interruption, which only a debugger makes here, is none. */
  #sentSlowly(length: number): boolean {
    let rc: number;
    while ((rc = sendNow(this.#queue.id, length)) === -ERRNO.EINTR);
    if (rc < 0 && rc !== -ERRNO.EAGAIN) throw sendError(this.#queue, length, -rc);
    return rc === 0;
  }

  async send(type: number, content: unknown, options: WaitOptions, owner: object): Promise<void> {
    checkLimit(options);
    if (this.sendNow(type, content)) return turnDue();
    // Nothing has run since the message was put.
    const length = putMessage(type, content);
    using outgoing = new Outgoing(this.#queue.id, length);
    const send = async (left: LimitOptions) => {
      let rc = outgoing.now();
      if (rc === -ERRNO.EAGAIN || rc === -ERRNO.EINTR) rc = await waitFor(outgoing, left, owner);
      if (rc < 0) throw sendError(this.#queue, length, -rc);
    };
    await this.#order.run(send, { ...options, what: this.#sending }, owner);
  }

  sendSync(type: number, content: unknown, options: SyncWaitOptions, owner: Closable): void {
    if (options !== NO_LIMIT) checkLimit(options);
    const length = putMessage(type, content);
    if (sendNow(this.#queue.id, length) !== 0 && !this.#sentSlowly(length)) this.#sendBlocking(length, options, owner);
  }

  #sendBlocking(length: number, options: SyncWaitOptions, owner: Closable): void {
    using outgoing = new Outgoing(this.#queue.id, length);
    // What was sent stays sent: somebody may have received it by now.
    const rc = waitForSync(outgoing, { ...options, what: this.#sending }, () => {}, owner);
    if (rc < 0) throw sendError(this.#queue, length, -rc);
  }

  /** The message, if it is there. */
  receiveNow(wanted: Wanted): QueueMessage | undefined {
    const message = receiveNow(this.#queue.id, wanted);
    return typeof message === "number" ? this.#notReceived(wanted, message) : message;
  }

  #notReceived(wanted: Wanted, rc: number): QueueMessage | undefined {
    if (rc === -ERRNO.EINTR) return this.receiveNow(wanted);
    if (rc === -ERRNO.ENOMSG) return undefined;
    throw receiveError(this.#queue, wanted, -rc);
  }

  async receive(wanted: Wanted, { signal, timeout }: WaitOptions, owner: object): Promise<QueueMessage> {
    const deadline = new Deadline({ signal, timeout, what: this.#receiving });
    let message: QueueMessage | undefined;
    while ((message = this.receiveNow(wanted)) === undefined) {
      using incoming = new Incoming(this.#queue.id, wanted);
      const rc = await waitFor(incoming, deadline.options, owner);
      if (this.#isThere(rc, wanted)) return incoming.message(rc);
    }
    return withTurn(message);
  }

  receiveSync(wanted: Wanted, options: SyncWaitOptions, owner: Closable): QueueMessage {
    if (options !== NO_LIMIT) checkLimit(options);
    return this.receiveNow(wanted) ?? this.#block(wanted, options, owner);
  }

  #block(wanted: Wanted, { timeout }: SyncWaitOptions, owner: Closable): QueueMessage {
    const deadline = new Deadline({ timeout, what: this.#receiving });
    let message: QueueMessage | undefined;
    for (; message === undefined; message = this.receiveNow(wanted)) {
      using incoming = new Incoming(this.#queue.id, wanted);
      const putBack = (length: number) => this.#putBack(incoming.message(length), owner);
      const rc = waitForSync(incoming, deadline.options, putBack, owner);
      if (this.#isThere(rc, wanted)) return incoming.message(rc);
    }
    return message;
  }

  /** Whether a message was there. */
  receiveIntoNow(buffer: MessageBuffer, { type, room, flags }: Wanted): boolean {
    const rc = msgrcvNow(this.#queue.id, buffer.address, room, type, flags);
    if (rc < 0) return this.#notReceivedInto(buffer, { type, room, flags, any: false }, rc);
    buffer.filled(rc);
    return true;
  }

  #notReceivedInto(buffer: MessageBuffer, wanted: Wanted, rc: number): boolean {
    if (rc === -ERRNO.EINTR) return this.receiveIntoNow(buffer, wanted);
    if (rc === -ERRNO.ENOMSG) return false;
    throw receiveError(this.#queue, wanted, -rc);
  }

  async receiveInto(buffer: MessageBuffer, wanted: Wanted, options: WaitOptions, owner: object): Promise<void> {
    checkLimit(options);
    if (this.receiveIntoNow(buffer, wanted)) return turnDue();
    using incoming = new Incoming(this.#queue.id, wanted);
    const rc = await waitFor(incoming, { ...options, what: this.#receiving }, owner);
    if (this.#isThere(rc, wanted)) this.#fill(buffer, incoming, rc, owner);
  }

  receiveIntoSync(buffer: MessageBuffer, wanted: Wanted, options: SyncWaitOptions, owner: Closable): void {
    if (options !== NO_LIMIT) checkLimit(options);
    if (!this.receiveIntoNow(buffer, wanted)) this.#blockInto(buffer, wanted, options, owner);
  }

  /** A function of its own: what disposes of something is slow even where it has nothing to dispose of. */
  #blockInto(buffer: MessageBuffer, wanted: Wanted, options: SyncWaitOptions, owner: Closable): void {
    using incoming = new Incoming(this.#queue.id, wanted);
    const putBack = (length: number) => this.#putBack(incoming.message(length), owner);
    const rc = waitForSync(incoming, { ...options, what: this.#receiving }, putBack, owner);
    if (this.#isThere(rc, wanted)) this.#fill(buffer, incoming, rc, owner);
  }

  /** @throws {TypeError} if the buffer's memory was transferred meanwhile; the message is not lost. */
  #fill(buffer: MessageBuffer, incoming: Incoming, length: number, owner: object): void {
    try {
      buffer.copied((image) => incoming.copy(image), length);
    } catch (error) {
      this.#putBack(incoming.message(length), owner);
      throw error;
    }
  }

  /** Whether a message has come; not if it is longer than usual and wanted all the same: it is still in the queue. */
  #isThere(rc: number, wanted: Wanted): boolean {
    if (rc < 0 && !(rc === -ERRNO.E2BIG && wanted.any)) throw receiveError(this.#queue, wanted, -rc);
    return rc >= 0;
  }

  /**
   * What was received and cannot be handed on, since a handler threw for instance, goes back, behind those that have come
   * since: whoever has thrown may be about to end, and somebody else may want it. If there is no room meanwhile it waits for
   * that like any other, in the background.
   */
  #putBack({ type, bytes }: QueueMessage, owner: object): void {
    this.send(type, bytes, {}, owner).catch(() => {});
  }
}
