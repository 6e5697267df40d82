/** System V message queues. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { msgctl, msgget } from "../../ffi/sys_msg.ts";
import { ClosedError } from "../core/errors.ts";
import { checkId, createFlags, type IpcCreateOptions } from "./ipc_object.ts";
import { IPC_PRIVATE, keyOf } from "./key.ts";
import {
  changeQueue,
  type MessageQueueChange,
  type MessageQueueStat,
  queueKey,
  readQueueStat,
} from "./message_queue_stat.ts";
import { MessageTraffic } from "./message_traffic.ts";
import { controlError, getError } from "./queue_errors.ts";

/**
 * A System V message queue: messages of bytes, each with a type by which receivers choose, between programs of any
 * language. Each message goes to one receiver. The queue is found by its key, or by its id, and stays, with what is in it,
 * until somebody removes it: {@linkcode MessageQueue.close}, or the end of a `using` block or of the process, only lets
 * go of it.
 *
 * A queue is full when its messages have 16384 bytes together, or as many as `set({ maxBytes })` says; a message has 8192
 * bytes at most (`kernel.msgmnb` and `kernel.msgmax` of sysctl(8)). Who sends to a full queue waits.
 *
 * `for await` gives the messages as they come. A pending send or receive keeps this program alive.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
 *
 * using queue = MessageQueue.create(IPC_PRIVATE);
 * await queue.send(1, "hello");
 * await queue.send(2, Uint8Array.of(1, 2, 3));
 * console.assert((await queue.receive({ type: 2 })).bytes.length === 3);
 * console.assert((await queue.receive()).text() === "hello");
 * queue.remove();
 * ```
 * @see msgget(2), msgop(2), msgctl(2), sysvipc(7)
 */
export class MessageQueue extends MessageTraffic {
  /**
   * The queue with this key, which is made if there is none.
   *
   * @param key Its key: a number of 32 bits, such as {@linkcode ftok} makes, or {@linkcode IPC_PRIVATE} for a new one
   * that others find by its id alone.
   * @param options Who may use it, and whether it has to be a new one.
   * @returns The queue, which the caller closes, and somebody removes.
   * @throws {RangeError} if the key or the mode is none.
   * @throws {SyscallError} `EEXIST` if it has to be a new one and is not; `EACCES` if it is there and this user may not use
   * it as `mode` says; `ENOSPC` if the system has as many queues as it can have, `ENOMEM` if it has no memory.
   * @example
   * ```ts
   * import { ftok, MessageQueue, SyscallError } from "@vasty/vasty";
   *
   * const path = await Deno.makeTempFile();
   * using queue = MessageQueue.create(ftok(path), { mode: 0o660, exclusive: true });
   * try {
   *   MessageQueue.create(ftok(path), { exclusive: true });
   * } catch (error) {
   *   console.assert(error instanceof SyscallError && error.code === "EEXIST");
   * }
   * queue.remove();
   * await Deno.remove(path);
   * ```
   * @see msgget(2)
   */
  static create(key: number, options: IpcCreateOptions = {}): MessageQueue {
    return MessageQueue.#get("create", keyOf(key), createFlags(options));
  }

  /**
   * The queue with this key, which has to be there.
   *
   * @param key Its key, not {@linkcode IPC_PRIVATE}.
   * @returns The queue, which the caller closes.
   * @throws {RangeError} if the key is none.
   * @throws {SyscallError} `ENOENT` if there is no such queue.
   * @example
   * ```ts
   * import { ftok, MessageQueue } from "@vasty/vasty";
   *
   * const path = await Deno.makeTempFile();
   * using queue = MessageQueue.create(ftok(path));
   * using same = MessageQueue.open(ftok(path));
   * console.assert(same.id === queue.id);
   * queue.remove();
   * await Deno.remove(path);
   * ```
   * @see msgget(2)
   */
  static open(key: number): MessageQueue {
    if (keyOf(key) === IPC_PRIVATE) throw new RangeError("A message queue without a key is found by its id");
    return MessageQueue.#get("open", keyOf(key), 0);
  }

  static #get(verb: string, key: number, flags: number): MessageQueue {
    const id = msgget(key | 0, flags);
    if (id < 0) throw getError(verb, key, -id);
    return new MessageQueue(id, key);
  }

  /**
   * The queue with this id, which another process has told.
   *
   * @param id Its id.
   * @returns The queue, which the caller closes.
   * @throws {RangeError} if the id is none.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if there is no such queue.
   * @example
   * ```ts
   * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
   *
   * using queue = MessageQueue.create(IPC_PRIVATE);
   * using same = MessageQueue.fromId(queue.id);
   * same.trySend(1, "to myself");
   * console.assert(queue.tryReceive()?.text() === "to myself");
   * queue.remove();
   * ```
   * @see msgctl(2)
   */
  static fromId(id: number): MessageQueue {
    const key = queueKey(checkId(id));
    if (key < 0) throw controlError({ id, key: IPC_PRIVATE }, "find", -key);
    return new MessageQueue(id, key);
  }

  /**
   * What the kernel knows of it.
   *
   * @returns Its owner, mode, messages, limit, times and processes.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if it is not there, `EACCES` if this user may not read it.
   * @throws {ClosedError} if it was closed.
   * @example
   * ```ts
   * import { IPC_PRIVATE, MessageQueue } from "@vasty/vasty";
   *
   * using queue = MessageQueue.create(IPC_PRIVATE);
   * await queue.send(1, "four");
   * const { messages, bytes, lastSendPid } = queue.stat();
   * console.assert(messages === 1 && bytes === 4 && lastSendPid === Deno.pid);
   * queue.remove();
   * ```
   * @see msgctl(2)
   */
  stat(): MessageQueueStat {
    const stat = readQueueStat(this.#number());
    if (typeof stat === "number") throw controlError(this, "ask about", -stat);
    return stat;
  }

  /**
   * Change its owner, group, mode, or how many bytes its messages may have together; what is left out stays. Messages that
   * are there stay, and who waits because it was full is tried again.
   *
   * @param change What is to change.
   * @throws {RangeError} if something is out of range.
   * @throws {SyscallError} `EPERM` if this user is neither its owner, nor its creator, nor root, or not root and more bytes
   * are asked for than `kernel.msgmnb`; `EACCES` if this user may not read it, `EINVAL` or `EIDRM` if it is not there.
   * @throws {ClosedError} if it was closed.
   * @see msgctl(2)
   */
  set(change: MessageQueueChange): void {
    const rc = changeQueue(this.#number(), change);
    if (rc < 0) throw controlError(this, "change", -rc);
  }

  /**
   * Remove it, with the messages that are in it: whoever waits for it, here and elsewhere, fails with `EIDRM`. Removing what
   * is gone does nothing.
   *
   * @throws {SyscallError} `EPERM` if this user is neither its owner, nor its creator, nor root.
   * @throws {ClosedError} if it was closed.
   * @see msgctl(2)
   */
  remove(): void {
    const rc = msgctl(this.#number(), IPC.IPC_RMID, null);
    if (rc < 0 && rc !== -ERRNO.EINVAL && rc !== -ERRNO.EIDRM) throw controlError(this, "remove", -rc);
  }

  #number(): number {
    if (this.closed) throw new ClosedError("The message queue was closed");
    return this.id;
  }
}
