/** Telling by a descriptor that this program is ready: s6, and who does as it does. */
import { encodeText } from "../../ffi/text.ts";
import { write } from "../../ffi/unistd.ts";
import { ERRNO } from "../../ffi/abi/errno.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";

const LINE_END = encodeText("\n");

/**
 * Say that this program is ready, as s6 wants to hear it: a line end is written to a descriptor, which is then closed. Its number
 * is what the file `notification-fd` of the service has in it; the program is told by an argument.
 *
 * @param fd The descriptor, which counts as closed then.
 * @throws {SyscallError} `EBADF` if it is not open. A supervisor that is gone (`EPIPE`) has nothing to be told.
 * @throws {RangeError} if it is a number, but no descriptor's.
 * @throws {ClosedError} if it was closed.
 * @example
 * ```ts
 * import { notifyDescriptor, pipe, waitReadable } from "@vasty/vasty";
 *
 * const { reader, writer } = pipe();
 * notifyDescriptor(writer);
 * await waitReadable(reader);
 * reader.close();
 * ```
 * @see s6-supervise(8), notification-fd
 */
export function notifyDescriptor(fd: Fd | number): void {
  using own = typeof fd === "number" ? Fd.adopt(fd) : fd;
  const { number } = own;
  const rc = write(number, LINE_END, LINE_END.length);
  if (rc < 0 && rc !== -ERRNO.EPIPE) {
    check(rc, `tell by descriptor ${number} that it is ready`, "write", { fd: number });
  }
}
