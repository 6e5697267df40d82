/** What goes into a System V message queue and comes out of it. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { tellClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import type { MessageBuffer } from "./message_buffer.ts";
import { receiveError } from "./queue_errors.ts";
import { type MessagePeek, type MessageSelection, type Wanted, wantedOf } from "./queue_incoming.ts";
import type { QueueMessage } from "./queue_message.ts";
import { NO_LIMIT, QueueTransfer } from "./queue_transfer.ts";

/** What {@linkcode MessageQueue.tryReceive} takes. */
export interface TryReceiveOptions extends MessageSelection, MessagePeek {}

/** What {@linkcode MessageQueue.receive} takes, and when it gives up. */
export interface ReceiveOptions extends MessageSelection, MessagePeek, WaitOptions {}

/** What {@linkcode MessageQueue.receiveSync} takes, and when it gives up. */
export interface ReceiveSyncOptions extends MessageSelection, MessagePeek, SyncWaitOptions {}

/** What {@linkcode MessageQueue.messages} takes, and how long it waits for each message. */
export interface QueueMessagesOptions extends MessageSelection, WaitOptions {}

/** Which message {@linkcode MessageQueue.receiveInto} takes; the buffer says how long it may be. */
export type ReceiveIntoOptions = Omit<MessageSelection, "maxSize">;

function wantedInto(buffer: MessageBuffer, options: ReceiveIntoOptions | undefined): Wanted {
  return options === undefined ? buffer.first : wantedOf({ ...options, maxSize: buffer.size });
}

/** The sending and receiving of a {@linkcode MessageQueue}, which is one. */
export class MessageTraffic implements AsyncIterable<QueueMessage>, Disposable {
  /** The number that it is used by, in all processes. */
  readonly id: number;
  /** The key that it is found by, from 0 on; 0 for a private one. */
  readonly key: number;
  readonly #transfer: QueueTransfer;
  #closed = false;

  /** @ignore */
  constructor(id: number, key: number) {
    this.id = id;
    this.key = key;
    this.#transfer = new QueueTransfer({ id, key });
  }

  /** Whether it was closed here. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Send a message, and wait on a thread of the library's while the queue is full. What waits is sent in the order of the
   * calls. One that is given up is not sent: it settles within 50 ms, and if the message had just been sent it has succeeded.
   *
   * A message that has more bytes than the whole queue may have waits until somebody raises that.
   *
   * @param type By which receivers choose: an integer from 1 to 2^53 - 1.
   * @param content Bytes as they are, a string as UTF-8, anything else as JSON. They are copied at once. Receivers read
   * them by `message.bytes`, `message.text()` and `message.json()`.
   * @param options When to give up.
   * @throws {RangeError} if the type or `timeout` is none.
   * @throws {TypeError} if there is no JSON of the content.
   * @throws {SyscallError} `EINVAL` if the message is longer than the system allows, or the queue is not there;
   * `EIDRM` if it is removed meanwhile, `EACCES` if this user may not write to it, `ENOMEM` if the system has no memory.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
   *
   * using queue = MessageQueue.create(IPC_PRIVATE);
   * await queue.send(7, { temperature: 21.5 }, { timeout: 1_000 });
   * console.assert((await queue.receive()).json<{ temperature: number }>().temperature === 21.5);
   * queue.remove();
   * ```
   * @see msgsnd(2)
   */
  async send(type: number, content: unknown, options: WaitOptions = {}): Promise<void> {
    this.#check();
    await this.#transfer.send(type, content, options, this);
  }

  /**
   * Send a message if there is room. Nothing waits, and nothing is allocated for bytes.
   *
   * @param type By which receivers choose.
   * @param content What to send, as {@linkcode MessageQueue.send} does.
   * @returns Whether it was sent; not if the queue is full, or a message of {@linkcode MessageQueue.send} still waits.
   * @throws {RangeError} if the type is none.
   * @throws {TypeError} if there is no JSON of the content.
   * @throws {SyscallError} as {@linkcode MessageQueue.send} does.
   * @throws {ClosedError} if it is closed.
   * @see msgsnd(2)
   */
  trySend(type: number, content: unknown): boolean {
    this.#check();
    return this.#transfer.sendNow(type, content);
  }

  /**
   * {@linkcode MessageQueue.send} that blocks this thread, and with it all that this program does in JavaScript. It does
   * not wait for messages of {@linkcode MessageQueue.send}. Handlers of signals run meanwhile; what one throws ends it,
   * and the message may have been sent just then.
   *
   * @param type By which receivers choose.
   * @param content What to send, as {@linkcode MessageQueue.send} does.
   * @param options When to give up.
   * @throws {RangeError} if the type or `timeout` is none.
   * @throws {TypeError} if there is no JSON of the content.
   * @throws {SyscallError} as {@linkcode MessageQueue.send} does.
   * @throws {ClosedError} if it is closed, now or by a handler.
   * @throws a `DOMException` named "TimeoutError".
   * @see msgsnd(2)
   */
  sendSync(type: number, content: unknown, options: SyncWaitOptions = NO_LIMIT): void {
    this.#check();
    this.#transfer.sendSync(type, content, options, this);
  }

  /**
   * Take a message, and wait on a thread of the library's until one comes. Of several that wait any may get it. One that is
   * given up takes nothing: it settles within 50 ms, and if the message had just come it has succeeded.
   *
   * @param options Which message, and when to give up; without them the first one, of whatever length. A `peek` never waits.
   * @returns The message.
   * @throws {RangeError} if an option is out of range.
   * @throws {TypeError} if `peek` is there together with what it excludes.
   * @throws {SyscallError} `E2BIG` if the message is longer than `maxSize`; it stays. `EINVAL` if the queue is not there;
   * `EIDRM` if it is removed meanwhile, `EACCES` if this user may not read it, `ENOMSG` if there is none to peek at, and
   * `ENOSYS` if the kernel does not let peek.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example Whatever is most urgent
   * ```ts
   * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
   *
   * using queue = MessageQueue.create(IPC_PRIVATE);
   * for (const [urgency, text] of [[5, "later"], [1, "now"], [9, "never"]] as const) await queue.send(urgency, text);
   * console.assert((await queue.receive({ type: -8 })).text() === "now");
   * console.assert((await queue.receive({ type: 5, except: true, timeout: 1_000 })).text() === "never");
   * queue.remove();
   * ```
   * @see msgrcv(2)
   */
  async receive(options?: ReceiveOptions): Promise<QueueMessage> {
    this.#check();
    const wanted = wantedOf(options);
    if (options?.peek !== undefined) return this.#peek(wanted);
    return await this.#transfer.receive(wanted, options ?? {}, this);
  }

  /**
   * Take a message if there is one. Nothing waits.
   *
   * @param options Which message; without them the first one.
   * @returns The message; undefined if there is none such.
   * @throws {RangeError} if an option is out of range.
   * @throws {TypeError} if `peek` is there together with what it excludes.
   * @throws {SyscallError} as {@linkcode MessageQueue.receive} does, but for `ENOMSG`.
   * @throws {ClosedError} if it is closed.
   * @example Look at all that is there, and leave it
   * ```ts
   * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
   *
   * using queue = MessageQueue.create(IPC_PRIVATE);
   * for (const text of ["a", "b"]) queue.trySend(1, text);
   * const texts: string[] = [];
   * for (let m, i = 0; (m = queue.tryReceive({ peek: i })) !== undefined; i++) texts.push(m.text());
   * console.assert(texts.join() === "a,b" && queue.stat().messages === 2);
   * queue.remove();
   * ```
   * @see msgrcv(2)
   */
  tryReceive(options?: TryReceiveOptions): QueueMessage | undefined {
    this.#check();
    return this.#transfer.receiveNow(wantedOf(options));
  }

  /**
   * {@linkcode MessageQueue.receive} that blocks this thread, and with it all that this program does in JavaScript. Handlers
   * of signals run meanwhile, and what one throws ends it. A message that has come just then goes back to the queue, behind
   * those that have come since.
   *
   * @param options Which message, and when to give up.
   * @returns The message.
   * @throws {RangeError} if an option is out of range.
   * @throws {TypeError} if `peek` is there together with what it excludes.
   * @throws {SyscallError} as {@linkcode MessageQueue.receive} does.
   * @throws {ClosedError} if it is closed, now or by a handler.
   * @throws a `DOMException` named "TimeoutError".
   * @see msgrcv(2)
   */
  receiveSync(options?: ReceiveSyncOptions): QueueMessage {
    this.#check();
    const wanted = wantedOf(options);
    if (options?.peek !== undefined) return this.#peek(wanted);
    return this.#transfer.receiveSync(wanted, options ?? NO_LIMIT, this);
  }

  #peek(wanted: Wanted): QueueMessage {
    const message = this.#transfer.receiveNow(wanted);
    if (message === undefined) throw receiveError(this, wanted, ERRNO.ENOMSG);
    return message;
  }

  /**
   * {@linkcode MessageQueue.receive} into memory that is used again and again.
   *
   * @param buffer Where the message goes, in the place of the last one.
   * @param options Which message, and when to give up; one that is longer than the buffer is `E2BIG` and stays, or is cut off
   * with `truncate`.
   * @throws what {@linkcode MessageQueue.receive} does; {@linkcode TypeError} if the buffer's memory was transferred: a
   * message that has come meanwhile goes back to the queue, behind those that have come since.
   * @see msgrcv(2)
   */
  async receiveInto(buffer: MessageBuffer, options?: ReceiveIntoOptions & WaitOptions): Promise<void> {
    this.#check();
    await this.#transfer.receiveInto(buffer, wantedInto(buffer, options), options ?? {}, this);
  }

  /**
   * {@linkcode MessageQueue.tryReceive} into memory that is used again and again.
   *
   * @param buffer Where the message goes, in the place of the last one.
   * @param options Which message.
   * @returns Whether there was one.
   * @throws what {@linkcode MessageQueue.receiveInto} does.
   * @see msgrcv(2)
   */
  tryReceiveInto(buffer: MessageBuffer, options?: ReceiveIntoOptions): boolean {
    this.#check();
    return this.#transfer.receiveIntoNow(buffer, wantedInto(buffer, options));
  }

  /**
   * {@linkcode MessageQueue.receiveInto} that blocks this thread, as {@linkcode MessageQueue.receiveSync} does.
   *
   * @param buffer Where the message goes, in the place of the last one.
   * @param options Which message, and when to give up.
   * @throws what {@linkcode MessageQueue.receiveSync} does; {@linkcode TypeError} if the buffer's memory was transferred.
   * @see msgrcv(2)
   */
  receiveIntoSync(buffer: MessageBuffer, options?: ReceiveIntoOptions & SyncWaitOptions): void {
    this.#check();
    this.#transfer.receiveIntoSync(buffer, wantedInto(buffer, options), options ?? NO_LIMIT, this);
  }

  /**
   * The messages as they come, one after the other, each taken when it is asked for. It ends when the queue is closed here.
   *
   * @param options Which messages; `timeout` is for each of them.
   * @returns What `for await` goes through.
   * @throws what {@linkcode MessageQueue.receive} does, but for the ClosedError meanwhile.
   * @example
   * ```ts
   * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
   *
   * using queue = MessageQueue.create(IPC_PRIVATE);
   * for (const text of ["one", "two", "end"]) queue.trySend(1, text);
   * for await (const message of queue.messages({ type: 1 })) {
   *   if (message.text() === "end") break;
   * }
   * queue.remove();
   * ```
   */
  async *messages(options?: QueueMessagesOptions): AsyncGenerator<QueueMessage, void> {
    try {
      for (;;) yield await this.receive(options);
    } catch (error) {
      if (!(this.#closed && error instanceof ClosedError)) throw error;
    }
  }

  /** The same as {@linkcode MessageQueue.messages} of all types. */
  [Symbol.asyncIterator](): AsyncGenerator<QueueMessage, void> {
    return this.messages();
  }

  /**
   * Let go of the queue; the second time does nothing. What waits rejects with a {@linkcode ClosedError}. The queue and its
   * messages stay: `remove()` removes them.
   */
  close(): void {
    this.#closed = true;
    tellClosing(this);
  }

  /** The same as {@linkcode MessageQueue.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (this.#closed) throw new ClosedError("The message queue was closed");
  }
}
