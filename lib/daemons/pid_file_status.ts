/** Whether the daemon of a pid file runs. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { read } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { requireFile } from "../core/permissions.ts";
import { testLock, tryFlock } from "../locks/mod.ts";
import { namedBy } from "./pid_file_lock.ts";

/** What a pid file tells. */
export interface PidFileStatus {
  /** Whether somebody has it locked. */
  readonly running: boolean;
  /**
   * The process that its lock names; where that names none, as that of another program's flock(2), the one that is written in
   * it. Of one that does not run, the last one.
   */
  readonly pid?: number;
}

/** A pid file is some bytes long; what is longer is none. */
const LONGEST = 64;

/** The process id on the first line; undefined if there is none. */
export function parsePid(text: string): number | undefined {
  const [, digits] = /^\s*([1-9]\d{0,9})\s*(?:\n|$)/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The beginning of the file behind `fd`, from where it stands. */
export function beginningOf(fd: number): string {
  const bytes = new Uint8Array(LONGEST);
  const count = read(fd, bytes, bytes.length);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, count)));
}

/** Open it to look at it; undefined if there is none. @throws {SyscallError} if it may not be read. */
export function openToRead(path: string): Fd | undefined {
  const name = cString(path, "A path");
  requireFile("read", path);
  const fd = aboveStandard(open(name, FCNTL.O_RDONLY | FCNTL.O_CLOEXEC | FCNTL.O_NONBLOCK | FCNTL.O_NOCTTY, 0));
  if (fd === -ERRNO.ENOENT) return undefined;
  return Fd.adopt(check(fd, `read ${JSON.stringify(path)}`, "open", { path }));
}

export function statusOfPidFile(path: string): PidFileStatus {
  using fd = openToRead(path);
  if (fd === undefined) return { running: false };
  // A lock of fcntl(2) can be asked for without taking one, which would be in the way of a daemon that starts.
  const holder = testLock(fd, "exclusive");
  const running = holder !== undefined || tryFlock(fd, "shared") === undefined;
  const named = holder?.pid ?? (holder && namedBy(holder)?.pid);
  return { running, pid: named ?? parsePid(beginningOf(fd.number)) };
}
