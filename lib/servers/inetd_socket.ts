/** The socket that inetd(8) and its like give a program as its standard input. */
import { identityOf } from "../../ffi/sys_stat.ts";
import { duplicate, silence } from "../core/standard_streams.ts";
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
 * A descriptor above 2 for the socket at standard input. The standard streams that are the same socket become /dev/null, and
 * what Deno hands on to children in their place: else its client would not see that it was closed, and would read what is
 * printed.
 *
 * @throws {SyscallError} `EMFILE` if there is no descriptor left.
 */
export function moveInetdSocket(): number {
  const file = identityOf(0);
  const same = STREAMS.filter((_, fd) => isSame(fd, file));
  const moved = duplicate("stdin");
  try {
    silence(...same);
    return moved.release();
  } finally {
    moved.close();
  }
}

/** By their numbers. */
const STREAMS = ["stdin", "stdout", "stderr"] as const;

function isSame(fd: number, file: ReturnType<typeof identityOf>): boolean {
  const found = identityOf(fd);
  return typeof found !== "number" && typeof file !== "number" && found.id === file.id;
}
