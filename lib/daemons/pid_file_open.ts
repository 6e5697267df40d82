/** Opening and locking a pid file. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fchmod, statusOf } from "../../ffi/sys_stat.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { flockSync, tryLockRange } from "../locks/mod.ts";
import { PidFileError } from "./pid_file_error.ts";
import { isSafe } from "./pid_file_holder.ts";
import { ownRange } from "./pid_file_lock.ts";
import { beginningOf, parsePid, statusOfPidFile } from "./pid_file_status.ts";
import type { Place } from "./place.ts";

/** Milliseconds that somebody may have the lock who only asks whether it is free. */
const PROBE = 300;

/**
 * The file at `place`, locked, and still there then; made with this mode if there is none. The caller closes it.
 *
 * @throws {PidFileError} if somebody has it locked, it is no pid file, or others may write it and it cannot be replaced.
 * @throws {SyscallError} if it cannot be opened or made.
 */
export function openLocked(place: Place, mode: number): Fd {
  for (;;) {
    using stack = new DisposableStack();
    const { fd, made } = openOrMake(place, mode);
    stack.use(fd);
    lock(place.path, fd);
    if (!place.isAt(fd.number)) continue;
    const found = beginningOf(fd.number);
    if (found.trim() !== "" && parsePid(found) === undefined) {
      const text = `Cannot make ${JSON.stringify(place.path)}: there is something else than a process id in it`;
      throw new PidFileError(text, "foreign", place.path);
    }
    if (!made && !isSafe(fd)) {
      giveUp(place);
      continue;
    }
    stack.move();
    return fd;
  }
}

/** Remove the file, which another one is to be made instead of: who has it open for writing keeps it so. */
function giveUp(place: Place): void {
  if (place.remove() === 0) return;
  const text = `Cannot make ${JSON.stringify(place.path)}: it is there, and others may write it`;
  throw new PidFileError(text, "foreign", place.path);
}

function openOrMake(place: Place, mode: number): { fd: Fd; made: boolean } {
  const { path } = place;
  const flags = FCNTL.O_RDWR | FCNTL.O_NOFOLLOW;
  for (;;) {
    // Not at first: in a folder for everybody O_CREAT is refused for files of others (fs.protected_regular).
    let fd = place.open(flags, 0);
    const made = fd === -ERRNO.ENOENT;
    if (made) fd = place.open(flags | FCNTL.O_CREAT | FCNTL.O_EXCL, mode);
    if (fd === -ERRNO.EEXIST) continue;
    const owner = Fd.adopt(check(fd, `make ${JSON.stringify(path)}`, "open", { path }));
    if (made) fchmod(fd, mode);
    const status = statusOf(fd);
    if (typeof status === "number" || status.kind === "regular file") return { fd: owner, made };
    owner.close();
    throw new PidFileError(`Cannot make ${JSON.stringify(path)}: a ${status.kind} is there`, "foreign", path);
  }
}

/** First the one that nobody takes for a look. */
function lock(path: string, fd: Fd): void {
  if (tryLockRange(fd, "exclusive", ownRange()) === undefined) throw taken(path);
  try {
    flockSync(fd, "exclusive", { timeout: PROBE });
  } catch (error) {
    throw error instanceof DOMException ? taken(path) : error;
  }
}

function taken(path: string): PidFileError {
  const { pid } = statusOfPidFile(path);
  const who = pid === undefined ? "another process" : `process ${pid}`;
  return new PidFileError(`${who} is running already: it has ${JSON.stringify(path)} locked`, "running", path, pid);
}
