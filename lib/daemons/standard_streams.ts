/** What the standard streams are. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { compareDescriptors } from "../../ffi/linux_kcmp.ts";
import { cString } from "../../ffi/memory.ts";
import { statusOf } from "../../ffi/sys_stat.ts";
import { close, dup3 } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";

/** Standard input, output, or error output. */
export type StandardStream = "stdin" | "stdout" | "stderr";

const NUMBERS: Readonly<Record<StandardStream, number>> = { stdin: 0, stdout: 1, stderr: 2 };

/** Copies that Deno has made of the standard streams at its start: what `Deno.Command` hands on to children. */
const copies = new Map<number, readonly number[]>();

/**
 * Look for Deno's own copies of the standard streams, at the beginning of a program, which has none yet. They are to change with
 * the streams: a daemon would keep its launcher's terminal or pipe otherwise.
 */
export function knowCopies(): void {
  const open = openDescriptors();
  if (typeof open === "number") return;
  for (const stream of [NUMBERS.stdout, NUMBERS.stderr]) {
    copies.set(stream, open.filter((fd) => fd > 2 && isCopy(fd, stream)));
  }
}

function isCopy(one: number, other: number): boolean {
  const rc = compareDescriptors(Deno.pid, one, other);
  if (rc !== -ERRNO.ENOSYS && rc !== -ERRNO.EPERM) return rc === 0;
  // A kernel that does not tell: what is the same file may be taken for a copy at this point.
  const [here, there] = [statusOf(one), statusOf(other)];
  return typeof here !== "number" && typeof there !== "number" && here.id === there.id;
}

/**
 * Have a standard stream be what `fd` is: what writes to it, `console.log` or a crash, writes there. Children get it too.
 *
 * @throws {SyscallError} if it cannot be.
 */
export function becomeStream(stream: StandardStream, fd: number): void {
  const number = NUMBERS[stream];
  // One that is no copy any more was closed, and its number is another file's.
  const own = (copies.get(number) ?? []).filter((copy) => copy !== fd && isCopy(copy, number));
  check(dup3(fd, number, 0), `put descriptor ${fd} in the place of ${stream}`, "dup3", { fd });
  for (const copy of own) dup3(fd, copy, FCNTL.O_CLOEXEC);
  copies.set(number, own);
}

/** A descriptor of its own for what a standard stream is. @throws {SyscallError} if there are too many. */
export function duplicate(stream: StandardStream): Fd {
  const number = NUMBERS[stream];
  const copy = fcntl(number, FCNTL.F_DUPFD_CLOEXEC, 3);
  return Fd.made(check(copy, `duplicate ${stream}`, "fcntl", { fd: number }));
}

/** Have standard streams be /dev/null. @throws {SyscallError} if it cannot be opened. */
export function silence(...streams: readonly StandardStream[]): void {
  const path = "/dev/null";
  const fd = check(open(cString(path), FCNTL.O_RDWR | FCNTL.O_CLOEXEC, 0), `open "${path}"`, "open", { path });
  for (const stream of streams) if (NUMBERS[stream] !== fd) becomeStream(stream, fd);
  if (fd > 2) close(fd);
}
