/** The words that start this program anew. */
import { commandLine } from "./self_command.ts";

/**
 * The command that starts this program anew: Deno, the flags and permissions that this one was given, the module by its full
 * name, and arguments. It does not matter how it was started: by a relative path, before a change of directory, by URL.
 * Flags that name relative files (`--config=deno.json`) are meant in the directory that it was started in.
 *
 * @param args Its arguments. @default {Deno.args}
 * @returns The command, for `spawn` and its like.
 * @throws {Deno.errors.NotSupported} if the program came from the command line or from standard input.
 * @example
 * ```ts
 * import { ownCommand } from "@vasty/vasty";
 *
 * const command = Deno.mainModule.startsWith("file:") ? ownCommand(["--worker"]) : ["--worker"];
 * console.assert(command.at(-1) === "--worker");
 * ```
 * @see execve(2)
 */
export function ownCommand(args: readonly string[] = Deno.args): string[] {
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
