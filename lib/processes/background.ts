/** Commands that nobody waits for: `cmd &`. */
import type { Command, SpawnOptions } from "./options.ts";
import { refusePipes } from "./redirects.ts";
import { claim } from "./roll.ts";
import { spawn } from "./spawn.ts";

/** How `background` starts a command: as for `spawn`, but that nothing ends it or is joined to it. */
export interface BackgroundOptions
  extends Omit<SpawnOptions, "stdin" | "stdout" | "stderr" | "signal" | "timeout" | "grace"> {
  /** What it reads. @default {"null"} */
  stdin?: Exclude<SpawnOptions["stdin"], "piped">;
  /** Where it writes. @default {"inherit"} */
  stdout?: Exclude<SpawnOptions["stdout"], "piped">;
  /** Where it writes its errors. @default {"inherit"} */
  stderr?: Exclude<SpawnOptions["stderr"], "piped">;
}

/**
 * Start a command and let it go its own way: Perl's `system("cmd &")`. Nothing waits for it, this program's end does not
 * end it, and nothing is printed. It has a process group of its own, so a ^C typed at the terminal does not reach it;
 * `session: true` takes it from the terminal altogether.
 *
 * If it ends while this program lives it is reaped, so no zombie is left; afterwards it is init's. Its standard input is
 * /dev/null, as a shell has it; its outputs are this program's, unless said otherwise.
 *
 * Needs `run` permission for the program.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`.
 * @returns Its process id. Once it has ended another process may get that number.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} if one of the streams is `"piped"`, or as `spawn` does.
 * @throws {RangeError} if a number of the options makes no sense; see `spawn`.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @example
 * ```ts
 * import { background } from "@vasty/vasty";
 *
 * const pid = background(["sleep", "0.1"]);
 * console.assert(pid > 0);
 * ```
 * @see setpgid(2)
 */
export function background(command: Command, options: BackgroundOptions = {}): number {
  refusePipes(options, "stdin", "stdout", "stderr");
  const { stdin = "null", processGroup = options.session ? undefined : true } = options;
  const child = spawn(command, { ...options, stdin, processGroup });
  child.unref();
  // Nobody is told of its end, not even who waits for any child.
  claim(child);
  return child.pid;
}
