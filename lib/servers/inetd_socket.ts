/** The socket that inetd(8) and its like give a program as its standard input. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { identityOf } from "../../ffi/sys_stat.ts";
import { close, dup3 } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { socketNames } from "./socket_names.ts";

/**
 * Whether standard input is a socket that a client has reached, or could: of the internet, or one with a path. What joins a
 * program to its parent (ssh, an editor) is a socket without a name.
 */
export function isInetd(): boolean {
  const file = identityOf(0);
  if (typeof file === "number" || file.kind !== "socket") return false;
  const { kind, address } = socketNames(0);
  if (kind === undefined || address === undefined) return false;
  return !("path" in address) || address.path !== "";
}

/**
 * A descriptor above 2 for the socket at standard input. The standard streams that are the same socket become /dev/null: else
 * its client would not see that it was closed, and would read what is printed.
 *
 * @throws {SyscallError} `EMFILE` if there is no descriptor left.
 */
export function moveInetdSocket(): number {
  const file = identityOf(0);
  const moved = check(fcntl(0, FCNTL.F_DUPFD_CLOEXEC, 3), "duplicate descriptor 0", "fcntl", { fd: 0 });
  const nowhere = open(cString("/dev/null"), FCNTL.O_RDWR | FCNTL.O_CLOEXEC, 0);
  if (nowhere < 0) close(moved);
  check(nowhere, `open "/dev/null"`, "open", { path: "/dev/null" });
  for (const fd of [0, 1, 2]) if (isSame(fd, file)) dup3(nowhere, fd, 0);
  close(nowhere);
  return moved;
}

function isSame(fd: number, file: ReturnType<typeof identityOf>): boolean {
  const found = identityOf(fd);
  return typeof found !== "number" && typeof file !== "number" && found.id === file.id;
}
