/** What is done with an open POSIX message queue beside sending and receiving. */
import { mqAttributes, mqNotify } from "../../ffi/mqueue.ts";
import { statusOf } from "../../ffi/sys_stat.ts";
import { check, ClosedError, syscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { numberOfSignal, type SignalName } from "../core/signal_names.ts";
import type { PosixStat } from "./posix_object.ts";
import { type OpenedQueue, queueName, unlinkQueue } from "./posix_queue_open.ts";

/** What the kernel knows of a queue. */
export interface PosixQueueStat extends PosixStat {
  /** How many messages it holds at most. */
  readonly maxMessages: number;
  /** How many bytes a message has at most. */
  readonly messageSize: number;
  /** How many are in it now. */
  readonly messages: number;
}

/** An open queue: what it is for, what is known of it, and its end. It is made by `PosixMessageQueue` alone. */
export class PosixQueueHandle implements Disposable {
  /** The name that it was opened by. */
  readonly name: string;
  /** Whether this call has made it. */
  readonly created: boolean;
  /** Whether it was opened to receive. */
  readonly readable: boolean;
  /** Whether it was opened to send. */
  readonly writable: boolean;
  /** How many messages it holds at most. */
  readonly maxMessages: number;
  /** How many bytes a message has at most. */
  readonly messageSize: number;
  readonly #fd: Fd;

  /** @ignore */
  constructor({ name, fd, created, readable, writable, attributes }: OpenedQueue) {
    this.#fd = fd;
    this.name = name;
    this.created = created;
    this.readable = readable;
    this.writable = writable;
    ({ maxMessages: this.maxMessages, messageSize: this.messageSize } = attributes);
  }

  /**
   * Its descriptor, for who calls libc.
   *
   * @ignore
   */
  get number(): number {
    if (this.#fd.closed) throw new ClosedError(`The ${queueName(this.name)} is closed`);
    return this.#fd.number;
  }

  /**
   * Have the kernel send this process a signal when a message comes into the empty queue: once, and not if somebody
   * blocks in mq_receive(3) by then. One process at a time can ask for that; it ends with the signal, or when the queue is
   * closed here. A signal that has no handler does what it does by default, which mostly ends the process.
   *
   * @param signal Its name or number; null takes the request back.
   * @param options An integer of 32 bits that the handler gets as `value`.
   * @throws {SyscallError} `EBUSY` if a process has asked already.
   * @throws {TypeError} if there is no such signal.
   * @throws {RangeError} if the value has more bits.
   * @throws {ClosedError} if it is closed.
   * @example
   * ```ts
   * import { PosixMessageQueue, signals } from "@vasty/vasty";
   *
   * using queue = PosixMessageQueue.create(`/told-${Deno.pid}`);
   * queue.unlink();
   * await using coming = signals("SIGRTMIN+1", { ref: true });
   * queue.notify("SIGRTMIN+1", { value: 42 });
   * await queue.send("hello");
   * for await (const { value, code } of coming) {
   *   console.assert(value === 42 && code === "message queue" && queue.tryReceive()?.text() === "hello");
   *   break;
   * }
   * ```
   * @see mq_notify(3)
   */
  notify(signal: SignalName | number | null, { value = 0 }: { value?: number } = {}): void {
    const sent = signal === null ? 0 : numberOfSignal(signal);
    if (signal !== null && sent === 0) throw new TypeError("There is no signal 0");
    if (value !== (value | 0)) throw new RangeError(`value must be an integer of 32 bits: ${value}`);
    const rc = mqNotify(this.number, signal === null ? null : { number: sent, value });
    check(rc, `be told of messages in ${queueName(this.name)}`, "mq_notify", { path: this.name });
  }

  /**
   * What the kernel knows of it.
   *
   * @returns Its limits, how many messages are in it, its owner and mode.
   * @throws {ClosedError} if it is closed.
   * @example
   * ```ts
   * import { PosixMessageQueue } from "@vasty/vasty";
   *
   * using queue = PosixMessageQueue.create(`/stat-${Deno.pid}`, { maxMessages: 3, messageSize: 10, mode: 0o620 });
   * queue.unlink();
   * await queue.send("hello");
   * const { messages, maxMessages, mode } = queue.stat();
   * console.assert(messages === 1 && maxMessages === 3 && mode === 0o620);
   * ```
   * @see mq_getattr(3)
   */
  stat(): PosixQueueStat {
    const attributes = mqAttributes(this.number);
    const status = statusOf(this.number);
    const doing = `ask about ${queueName(this.name)}`;
    if (typeof attributes === "number") throw syscallError(doing, -attributes, "mq_getattr", { path: this.name });
    if (typeof status === "number") throw syscallError(doing, -status, "statx", { path: this.name });
    const { uid, gid, mode } = status;
    return { ...attributes, uid, gid, mode };
  }

  /**
   * Remove its name. Who has it open, as this object has, goes on using it; it is gone when all have closed it. A queue
   * that was made anew under this name is removed instead.
   *
   * @throws {SyscallError} `ENOENT` if it was removed already; `EACCES` if it is not this user's.
   * @see mq_unlink(3)
   */
  unlink(): void {
    unlinkQueue(this.name);
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#fd.closed;
  }

  /**
   * Close it; the second time does nothing. Pending sends and receives reject with a {@linkcode ClosedError}. The queue
   * and what is in it stay.
   */
  close(): void {
    this.#fd.close();
  }

  /** The same as {@linkcode PosixQueueHandle.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
