/** Whether a process is the one that has a pid file locked. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { numbersIn } from "../../ffi/dirent.ts";
import { textOf } from "../../ffi/proc.ts";
import { identityBehind, identityOf, statusOf } from "../../ffi/sys_stat.ts";
import { geteuid } from "../../ffi/unistd.ts";
import type { Fd } from "../core/fd.ts";
import { lockHolders, testLock } from "../locks/mod.ts";
import { namedBy } from "./pid_file_lock.ts";

/** A lock that nobody shares, as /proc tells of a descriptor. */
const LOCK = /^lock:\s+\d+: (FLOCK|POSIX|OFDLCK) +\w+ +WRITE /m;

/**
 * Whether it is known that process `pid` has the file behind `fd` locked: by the kernel, which names who has a lock of lockf(3);
 * by the lock of a daemon of this library; or because it has the file open with a lock. What the file says proves nothing.
 */
export function isHolder(pid: number, fd: Fd): boolean {
  const lock = testLock(fd, "exclusive");
  if (lock?.kind === "posix") return lock.pid === pid;
  const named = lock && namedBy(lock);
  if (named?.here && isSafe(fd)) return named.pid === pid;
  return hasLocked(pid, fd);
}

/** Whether nobody but root and this user may have written the file behind `fd`, or have locked it for himself alone. */
export function isSafe(fd: Fd): boolean {
  const status = statusOf(fd.number);
  if (typeof status === "number") return false;
  return (status.uid === 0 || status.uid === geteuid()) && (status.mode & 0o002) === 0;
}

/** A lock of flock(2) belongs to all who have the open file: to whom it was handed on, or who was born with it. */
function hasLocked(pid: number, fd: Fd): boolean {
  const file = identityOf(fd.number);
  // The /proc of another namespace would tell of another process.
  if (typeof file === "number" || parseInt(`${textOf("/proc/self/stat")}`) !== Deno.pid) return false;
  const open = numbersIn(`/proc/${pid}/fdinfo`);
  if (open === -ERRNO.ENOENT) return false;
  // Of a process that has changed its user only root is told so much; to all it is told who has taken the lock.
  if (typeof open === "number") return lockHolders(fd)?.some((lock) => lock.pid === pid) ?? false;
  return open.some((number) => {
    if (!LOCK.test(`${textOf(`/proc/${pid}/fdinfo/${number}`)}`)) return false;
    const found = identityBehind(`/proc/${pid}/fd/${number}`);
    return typeof found !== "number" && found.id === file.id;
  });
}
