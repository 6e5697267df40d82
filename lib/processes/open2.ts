/** A command that is written to and read from: Perl's IPC::Open2. */
import { Dialog } from "./open3.ts";
import type { OpenOptions } from "./opened_child.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { refusePipes } from "./redirects.ts";
import { spawn } from "./spawn.ts";

/** How `open2` starts a command: as for `spawn`. */
export interface Open2Options extends OpenOptions {
  /** Where it writes its errors. @default {"inherit"} */
  stderr?: Exclude<SpawnOptions["stderr"], "piped">;
}

/**
 * Start a command with a pipe to its standard input and one from its standard output: Perl's IPC::Open2. Its errors go
 * where this program's go, unless `stderr` says otherwise.
 *
 * See `open3` for what to heed when much is written: read meanwhile.
 *
 * Needs `run` permission for the program.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`; `check: false` has `close` return a status that is not success instead of throwing.
 * @returns The running command; close it.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} if `stderr` is `"piped"` (for that there is `open3`), or as `spawn` does.
 * @throws {RangeError} if `timeout`, `grace` or another number of the options makes no sense; see `spawn`.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @throws the reason of `signal`, if that is aborted already.
 * @example
 * ```ts
 * import { open2, readLines } from "@vasty/vasty";
 *
 * await using cat = open2(["cat", "-un"]);
 * const answers = readLines(cat.stdout);
 * cat.write("stuff\n");
 * console.assert((await answers.next()).value === "     1\tstuff");
 * console.assert((await cat.close()).success);
 * ```
 * @see IPC::Open2(3perl)
 */
export function open2(command: Command, options: Open2Options = {}): Dialog {
  refusePipes(options, "stderr");
  return new Dialog(spawn(command, { ...options, stdin: "piped", stdout: "piped" }), true, options);
}
