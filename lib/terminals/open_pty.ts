/** Opening a pseudo-terminal. */
import { Pty } from "./pty.ts";
import type { PtyOptions } from "./pty_base.ts";

/**
 * Open a pseudo-terminal that no program has yet. `spawnPty` opens one and starts a program on it.
 *
 * It needs no permission but ffi, and never becomes this program's own controlling terminal.
 *
 * @param options How large its window is.
 * @returns The terminal, which the caller closes.
 * @throws {SyscallError} `ENOSPC` if there are as many as the system allows; `EMFILE` or `ENFILE` if there are too many
 *   descriptors; `ENOENT` where there is no /dev/ptmx. Nothing is left behind then.
 * @throws {RangeError} if a number of the size is not from 0 to 65535.
 * @example
 * ```ts
 * import { openPty } from "@vasty/vasty";
 *
 * using pty = openPty({ rows: 50, cols: 100 });
 * console.assert(pty.path.startsWith("/dev/pts/") && pty.size().rows === 50);
 * ```
 * @see posix_openpt(3), pty(7)
 */
export function openPty(options: PtyOptions = {}): Pty {
  return new Pty(options);
}
