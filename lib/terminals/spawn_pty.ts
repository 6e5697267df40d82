/** Starting a program on a terminal of its own. */
import type { Command } from "../processes/mod.ts";
import { PtyChild, type SpawnPtyOptions } from "./pty_child.ts";

/**
 * Start a program on a pseudo-terminal of its own, as if a person ran it: it leads a session whose controlling terminal that
 * is, so that `^C` that is typed is a signal, job control works, and /dev/tty is it. It has the terminal at 0, 1 and 2,
 * except where these are given. Every other option is as for `spawn`.
 *
 * Needs `run` permission for the program, and what `spawn` needs for files.
 *
 * @param command The program, looked for in the child's PATH if its name has no slash, and its arguments.
 * @param options The size of the terminal; the child's directory, environment, user and so on.
 * @returns The running child and its terminal, which the caller closes.
 * @throws {SyscallError} as `openPty` and `spawn` do. Nothing is left behind then.
 * @throws {TypeError} if an option makes no sense.
 * @throws {RangeError} if a number is out of its range.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @throws the reason of `signal`, if that is aborted already.
 * @example
 * ```ts
 * import { spawnPty } from "@vasty/vasty";
 *
 * await using child = spawnPty(["sh", "-c", "tty; exec cat"]);
 * const buffer = new Uint8Array(4096);
 * const count = await child.read(buffer, { timeout: 5_000 });
 * console.assert(new TextDecoder().decode(buffer.subarray(0, count!)) === `${child.path}\r\n`);
 * await child.write(new TextEncoder().encode("\x03")); // ^C
 * console.assert((await child.status).signal === "SIGINT");
 * ```
 * @see pty(7), credentials(7)
 */
export function spawnPty(command: Command, options: SpawnPtyOptions = {}): PtyChild {
  return new PtyChild(command, options);
}
