/** What the standard streams are. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { compareDescriptors } from "../../ffi/linux_kcmp.ts";
import { cString } from "../../ffi/memory.ts";
import { statusOf } from "../../ffi/sys_stat.ts";
import { close, dup3 } from "../../ffi/unistd.ts";
import { check } from "./errors.ts";
import { Fd } from "./fd.ts";

/** Standard input, output, or error output. */
export type StandardStream = "stdin" | "stdout" | "stderr";

const NUMBERS: Readonly<Record<StandardStream, number>> = { stdin: 0, stdout: 1, stderr: 2 };

/** The copy of a stream that Deno has made at its start, which `Deno.Command` hands on to children; once it is looked for. */
let copies: Map<number, number | undefined> | undefined;

/**
 * Look for Deno's own copies of standard output and error output. They are to change with the streams: a daemon would keep its
 * launcher's terminal or pipe otherwise, and children would write there. Whoever makes copies of a stream calls this before:
 * they could be taken for Deno's. The second time does nothing.
 */
export function knowCopies(): void {
  if (copies !== undefined) return;
  copies = new Map();
  const open = openDescriptors();
  if (typeof open === "number") return;
  // What a shell has made, by `3>&1`, is not close-on-exec.
  const own = open.filter((fd) => fd > 2 && fcntl(fd, FCNTL.F_GETFD, 0) === FCNTL.FD_CLOEXEC);
  const { stdout, stderr } = NUMBERS;
  const [first, second] = own.filter((fd) => isCopy(fd, stdout));
  copies.set(stdout, first);
  // On a terminal both are copies of one: Deno made that of standard output first.
  copies.set(stderr, isCopy(stdout, stderr) ? second : own.find((fd) => isCopy(fd, stderr)));
}

function isCopy(one: number, other: number): boolean {
  const rc = compareDescriptors(Deno.pid, one, other);
  if (rc !== -ERRNO.ENOSYS && rc !== -ERRNO.EPERM) return rc === 0;
  // A kernel that does not tell: what is the same file may be taken for a copy.
  const [here, there] = [statusOf(one), statusOf(other)];
  return typeof here !== "number" && typeof there !== "number" && here.id === there.id;
}

/**
 * Have a standard stream be what `fd` is: what writes to it, `console.log` or a crash, writes there. Children get it too.
 *
 * @throws {SyscallError} if it cannot be.
 */
export function becomeStream(stream: StandardStream, fd: number): void {
  knowCopies();
  const number = NUMBERS[stream];
  const copy = copies!.get(number);
  // One that is no copy any more was closed, and its number is another file's.
  const own = copy !== undefined && copy !== fd && isCopy(copy, number);
  check(dup3(fd, number, 0), `put descriptor ${fd} in the place of ${stream}`, "dup3", { fd });
  if (own) dup3(fd, copy, FCNTL.O_CLOEXEC);
  else copies!.delete(number);
}

/** A descriptor of its own for what a standard stream is. @throws {SyscallError} if there are too many. */
export function duplicate(stream: StandardStream): Fd {
  knowCopies();
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
