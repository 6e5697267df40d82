/** Whether something is a terminal, and which. */
import { newTermios, ptyNumber, tcgetattr, ttyname_r } from "../../ffi/termios.ts";
import { openTerminal, type TerminalTarget } from "./terminal_target.ts";

/** The longest path that there is. */
const PATH_MAX = 4_096;

/**
 * Whether something is a terminal: isatty(3).
 *
 * @param target A descriptor or its number, a pty, or a path.
 * @returns False also of a terminal that was hung up, and of a number that is not open.
 * @throws {TypeError} if `target` is no target.
 * @throws {ClosedError} if `target` is closed.
 * @throws {SyscallError} why its path cannot be opened.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` permission is missing.
 * @example
 * ```ts
 * import { isTerminal, pipe } from "@vasty/vasty";
 *
 * using reader = pipe().reader;
 * console.assert(!isTerminal(reader));
 * ```
 * @see isatty(3)
 */
export function isTerminal(target: TerminalTarget): boolean {
  using terminal = openTerminal(target, "read");
  return tcgetattr(terminal.fd, newTermios()) === 0;
}

/**
 * The path of a terminal: ttyname(3).
 *
 * @param target A descriptor or its number, a pty, or a path, such as `/dev/tty`.
 * @returns Such as `/dev/pts/3`, of the master of a pty the path of its terminal; nothing if it is no terminal, or one of
 * another file system than `/dev` shows.
 * @throws {TypeError} if `target` is no target.
 * @throws {ClosedError} if `target` is closed.
 * @throws {SyscallError} why its path cannot be opened.
 * @throws {Deno.errors.NotCapable} if it is a path and `read` permission is missing.
 * @example
 * ```ts
 * import { isTerminal, terminalName } from "@vasty/vasty";
 *
 * console.assert((terminalName(0) !== undefined) === isTerminal(0));
 * ```
 * @see ttyname(3)
 */
export function terminalName(target: TerminalTarget): string | undefined {
  using terminal = openTerminal(target, "read");
  return terminalPath(terminal.fd);
}

/** The path of the terminal that a descriptor is, or is the master of. */
export function terminalPath(fd: number): string | undefined {
  // A master has but the name of the file that makes them all.
  const number = ptyNumber(fd);
  if (number >= 0) return `/dev/pts/${number}`;
  const bytes = new Uint8Array(PATH_MAX);
  if (ttyname_r(fd, bytes, bytes.length) < 0) return undefined;
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}
