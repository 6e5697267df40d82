/** Taking a lock: at once, on a thread of the library's, or blocking. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { block } from "../../ffi/blocking.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { offload } from "../../ffi/workers.ts";
import { onClosing } from "../core/closing.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { type Deadline, Limit } from "../core/limit.ts";
import type { LockCalls, LockMode } from "./calls.ts";
import { holderInWords } from "./holders.ts";
import type { LockedFile } from "./locked_file.ts";

/** What is to be locked, and how. */
export interface Wanted {
  readonly calls: LockCalls;
  readonly mode: LockMode;
  /** Whether another lock of the same file is converted: it may stay if that succeeds after all. */
  readonly converting?: boolean;
}

/** Take it if nobody is in the way: whether it was taken. */
export function acquireNow(file: LockedFile, { calls, mode }: Wanted): boolean {
  let rc: number;
  // A file system that asks a server (NFS, FUSE) can be interrupted even there.
  while ((rc = calls.attempt(file.fd.number, mode)) === -ERRNO.EINTR);
  if (rc === -ERRNO.EAGAIN) return false;
  if (rc < 0) throw lockError(file, calls, mode, -rc);
  return true;
}

/** Take it, and block this thread until it is there, or a handler has `released` what was to be converted. */
export function acquireSync(
  file: LockedFile,
  wanted: Wanted,
  deadline: Deadline,
  released: () => boolean = () => false,
): void {
  if (acquireNow(file, wanted)) return;
  const { calls, mode } = wanted;
  const { left } = deadline;
  using call = calls.waiting(file.fd.number, mode);
  const unlock = () => void (file.fd.closed || calls.unlock(file.fd.number));
  const over = () => file.fd.closed || released();
  const rc = left === 0 ? -ERRNO.ETIMEDOUT : block(call.fn, call.args, left, unlock, over);
  if (released()) {
    if (rc >= 0) unlock();
    throw new ClosedError("The lock was released while it was converted");
  }
  if (file.fd.closed) throw new ClosedError("The file was closed while its lock was waited for");
  if (rc === -ERRNO.ETIMEDOUT) throw timedOut(file, wanted, deadline);
  if (rc < 0) throw lockError(file, calls, mode, -rc);
}

/**
 * Take it, and wait on a thread of our own until it is there. One that comes after the wait was given up is released
 * before the rejection.
 */
export async function acquire(
  file: LockedFile,
  wanted: Wanted,
  deadline: Deadline,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (acquireNow(file, wanted)) return;
  const { calls, mode } = wanted;
  if (deadline.left === 0) throw timedOut(file, wanted, deadline);
  // While the thread waits a descriptor that others have may be closed, and its number may then be that of another file.
  using copy = file.path === undefined || wanted.converting ? file.fd.duplicate() : undefined;
  const number = (copy ?? file.fd).number;
  let failure: { reason: unknown } | undefined;
  let cancel = () => {};
  const giveUp = (reason: unknown) => {
    failure ??= { reason };
    cancel();
  };
  using _limit = new Limit({ signal, timeout: deadline.left }, giveUp);
  using _closing = onClosing(
    file.fd,
    () => giveUp(new ClosedError("The file was closed while its lock was waited for")),
  );
  using call = calls.waiting(number, mode);
  const wait = offload(call.fn, call.args);
  cancel = () => wait.cancel();
  const rc = await wait.result;
  if (failure === undefined) {
    if (rc < 0) throw lockError(file, calls, mode, -rc);
    return;
  }
  const { reason } = failure;
  const unlocked = reason instanceof ClosedError;
  if (rc === 0 && wanted.converting && !unlocked) return;
  if (rc === 0) calls.unlock(number);
  const ours = !unlocked && reason !== signal?.reason;
  throw ours ? timedOut(file, wanted, deadline) : reason;
}

/** The error of a lock that was not taken, with what is known of the reason. */
function lockError(file: LockedFile, calls: LockCalls, mode: LockMode, errno: number): Error {
  const how = mode === "shared" ? "for sharing" : "exclusively";
  let doing = `lock ${calls.part}${file.name} ${how}`;
  const needs = calls.needs(mode);
  if (errno === ERRNO.EBADF && needs !== undefined) {
    const flags = fcntl(file.fd.number, FCNTL.F_GETFL, 0);
    if (flags >= 0 && !isOpenFor(flags, needs)) doing += `, since it is not open for ${needs}`;
  }
  return syscallError(doing, errno, calls.syscall, file.subject);
}

/** The reason of a time limit, with who is in the way. */
function timedOut(file: LockedFile, { calls, mode }: Wanted, { timeout }: Deadline): DOMException {
  const holder = holderInWords(file.fd.closed ? undefined : calls.inTheWay(file.fd.number, mode));
  const what = `the lock of ${calls.part}${file.name}`;
  return new DOMException(`Timed out after ${timeout} ms: ${what} is held${holder}`, "TimeoutError");
}

/** Whether a descriptor is open for `purpose`. */
function isOpenFor(flags: number, purpose: "reading" | "writing"): boolean {
  const access = flags & FCNTL.O_ACCMODE;
  if ((flags & FCNTL.O_PATH) !== 0) return false;
  return access === FCNTL.O_RDWR || access === (purpose === "reading" ? FCNTL.O_RDONLY : FCNTL.O_WRONLY);
}
