/** The words that start this program again. */
import type { Command } from "./options.ts";
import { commandLine } from "./self_command.ts";

/**
 * The command that starts this program again, for `spawn`: the same Deno with the same flags and permissions, and the same
 * module, under its full name: however it was started, by a relative path, before a change of directory, by URL.
 *
 * Paths in Deno's own flags (`--allow-read=data`, `--config deno.json`) stay as they were written: start it in the
 * directory that they are meant in.
 *
 * @param args Its arguments. @default {Deno.args}
 * @returns The command.
 * @throws {Deno.errors.NotSupported} if the program came from the command line or from standard input.
 * @throws {SyscallError} `ENOENT` where there is no /proc.
 * @example
 * ```ts
 * import { ownCommand } from "@vasty/vasty";
 *
 * try {
 *   console.assert(ownCommand(["--version"])[0] === Deno.execPath());
 * } catch (error) {
 *   console.assert(error instanceof Deno.errors.NotSupported);
 * }
 * ```
 * @see execve(2)
 */
export function ownCommand(args: readonly string[] = Deno.args): Command {
  const words = commandLine();
  const own = words.slice(1, words.length - Deno.args.length);
  if (!Deno.build.standalone) {
    const script = own.pop();
    // Deno's names for what comes from its command line or its standard input: $deno$eval.mts, $deno$stdin.mts.
    if (script === undefined || !/^(file|https?):(?!.*\/\$deno\$)/.test(Deno.mainModule)) {
      throw new Deno.errors.NotSupported("Cannot begin anew: this program is not in a file");
    }
    own.push(Deno.mainModule);
  }
  return [Deno.execPath(), ...own, ...args];
}
