/** What the system refuses of a System V message queue, in words. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { syscallError } from "../core/errors.ts";
import { IPC_PRIVATE, keyText } from "./key.ts";
import { queueLimits } from "./message_queue_stat.ts";
import type { Wanted } from "./queue_incoming.ts";

/** A queue as errors know it. */
export interface QueueName {
  readonly id: number;
  readonly key: number;
}

/** What errors call it. */
export function queueName({ id, key }: QueueName): string {
  return key === IPC_PRIVATE ? `message queue of id ${id}` : `message queue ${keyText(key)}`;
}

/** The error of msgget(2). */
export function getError(verb: string, key: number, errno: number): Error {
  const what = key === IPC_PRIVATE ? "a private message queue" : `message queue ${keyText(key)}`;
  const why = errno === ERRNO.ENOSPC ? `, since there are ${queueLimits().msgmni} already (kernel.msgmni)` : "";
  return syscallError(`${verb} ${what}${why}`, errno, "msgget", { key });
}

/** The error of msgsnd(2). */
export function sendError(queue: QueueName, length: number, errno: number): Error {
  const { msgmax } = queueLimits();
  const doing = errno === ERRNO.EINVAL && length > msgmax
    ? `send ${length} bytes to ${queueName(queue)}: a message has ${msgmax} at most (kernel.msgmax)`
    : `send to ${queueName(queue)}${gone(errno)}`;
  return syscallError(doing, errno, "msgsnd", { key: queue.key });
}

/** The error of msgrcv(2). */
export function receiveError(queue: QueueName, { room, any }: Wanted, errno: number): Error {
  const why = errno === ERRNO.E2BIG && !any
    ? `, since the message has more than ${room} bytes`
    : errno === ERRNO.ENOSYS
    ? ": this kernel lets nobody peek (CONFIG_CHECKPOINT_RESTORE)"
    : gone(errno);
  return syscallError(`receive from ${queueName(queue)}${why}`, errno, "msgrcv", { key: queue.key });
}

/** The error of msgctl(2). */
export function controlError(queue: QueueName, verb: string, errno: number): Error {
  return syscallError(`${verb} ${queueName(queue)}${gone(errno)}`, errno, "msgctl", { key: queue.key });
}

/** What libc's words do not tell. */
function gone(errno: number): string {
  return errno === ERRNO.EIDRM
    ? ", which was removed"
    : errno === ERRNO.EINVAL
    ? ", which is not there (any more)"
    : "";
}
