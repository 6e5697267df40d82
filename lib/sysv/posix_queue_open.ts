/** How POSIX message queues are made, opened and removed. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { mqAttributes, mqOpen, mqUnlink, type QueueAttributes } from "../../ffi/mqueue.ts";
import { fchmod } from "../../ffi/sys_stat.ts";
import { close } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { checkMode } from "./ipc_object.ts";
import { posixName } from "./posix_name.ts";
import { createOrOpen, type PosixCreateOptions } from "./posix_object.ts";

/** What a queue is opened for. */
export interface PosixQueueOptions {
  /**
   * To receive.
   * @default {true}
   */
  read?: boolean;
  /**
   * To send.
   * @default {true}
   */
  write?: boolean;
}

/** How a queue is made. The limits are those of a new one: a queue that is there keeps its own. */
export interface PosixQueueCreateOptions extends PosixCreateOptions, PosixQueueOptions {
  /**
   * How many messages it holds before senders have to wait.
   * @default {what /proc/sys/fs/mqueue/msg_default says; 10 if only `messageSize` is given}
   */
  maxMessages?: number;
  /**
   * How many bytes a message has at most.
   * @default {what /proc/sys/fs/mqueue/msgsize_default says; 8192 if only `maxMessages` is given}
   */
  messageSize?: number;
}

/** A queue that is open. */
export interface OpenedQueue {
  readonly name: string;
  readonly fd: Fd;
  readonly created: boolean;
  readonly attributes: QueueAttributes;
  readonly readable: boolean;
  readonly writable: boolean;
}

const LIMITS = "/proc/sys/fs/mqueue";
/** The kernel's own defaults. */
const MAX_MESSAGES = 10;
const MESSAGE_SIZE = 8_192;

/** Make the queue, or open the one that is there. */
export function createQueue(name: string, options: PosixQueueCreateOptions): OpenedQueue {
  const { mode = 0o600, exclusive = false } = options;
  posixName(name);
  checkMode(mode);
  const limits = limitsOf(options);
  const flags = openFlags(options);
  const { rc, made } = createOrOpen(exclusive, (more) => mqOpen(name, flags | more, mode, limits));
  if (rc < 0) throw notCreated(name, options, -rc);
  try {
    // The kernel has taken the umask off.
    const mended = made ? fchmod(rc, mode) : 0;
    if (mended < 0) close(rc);
    check(mended, `set the mode of ${queueName(name)}`, "fchmod", { path: name });
    return opened(name, rc, made, options);
  } catch (error) {
    if (made) mqUnlink(name);
    throw error;
  }
}

/** Open the queue that is there. */
export function openQueue(name: string, options: PosixQueueOptions): OpenedQueue {
  posixName(name);
  const rc = mqOpen(name, openFlags(options), 0, null);
  check(rc, `open ${queueName(name)}`, "mq_open", { path: name });
  return opened(name, rc, false, options);
}

/** Remove the name. */
export function unlinkQueue(name: string): void {
  posixName(name);
  check(mqUnlink(name), `remove ${queueName(name)}`, "mq_unlink", { path: name });
}

/** What errors call it. */
export function queueName(name: string): string {
  return `message queue ${JSON.stringify(name)}`;
}

function limitsOf({ maxMessages, messageSize }: PosixQueueCreateOptions): Parameters<typeof mqOpen>[3] {
  for (const [what, value] of Object.entries({ maxMessages, messageSize })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) continue;
    throw new RangeError(`${what} must be an integer from 1 on: ${value}`);
  }
  if (maxMessages === undefined && messageSize === undefined) return null;
  return { maxMessages: maxMessages ?? MAX_MESSAGES, messageSize: messageSize ?? MESSAGE_SIZE };
}

/** Whatever waits waits for readiness, so no call may block. */
function openFlags({ read = true, write = true }: PosixQueueOptions): number {
  if (!read && !write) throw new TypeError("A queue is opened to read, to write, or for both");
  const access = read && write ? FCNTL.O_RDWR : read ? FCNTL.O_RDONLY : FCNTL.O_WRONLY;
  return access | FCNTL.O_NONBLOCK | FCNTL.O_CLOEXEC;
}

function opened(name: string, number: number, created: boolean, options: PosixQueueOptions): OpenedQueue {
  const { read: readable = true, write: writable = true } = options;
  const moved = check(aboveStandard(number), `open ${queueName(name)}`, "fcntl", { path: name });
  const attributes = mqAttributes(moved);
  if (typeof attributes !== "number") return { name, fd: Fd.adopt(moved), created, attributes, readable, writable };
  close(moved);
  throw syscallError(`ask about ${queueName(name)}`, -attributes, "mq_getattr", { path: name });
}

/** Which limit it was. */
function notCreated(name: string, options: PosixQueueCreateOptions, errno: number): Error {
  const { maxMessages = MAX_MESSAGES, messageSize = MESSAGE_SIZE } = options;
  const wanted = `create ${queueName(name)} of ${maxMessages} messages of ${messageSize} bytes`;
  const reasons: Record<number, string> = {
    [ERRNO.EINVAL]: `${wanted}, beyond ${LIMITS}/msg_max or ${LIMITS}/msgsize_max`,
    [ERRNO.ENOSPC]: `${wanted}, since there are as many as ${LIMITS}/queues_max allows`,
    [ERRNO.EMFILE]: `${wanted}, beyond the bytes (RLIMIT_MSGQUEUE) or the descriptors (RLIMIT_NOFILE) of this user`,
  };
  return syscallError(reasons[errno] ?? `create ${queueName(name)}`, errno, "mq_open", { path: name });
}
