/** Replacing this program by itself. */
import { blockForExec } from "../../ffi/transit.ts";
import { legacyDescriptors, legacyDirectory, legacyVariables } from "../core/legacy.ts";
import { exec, type ExecOptions } from "./exec.ts";
import { ownCommand } from "./own_command.ts";

/** What the program gets when it begins anew. */
export interface ExecSelfOptions extends Omit<ExecOptions, "argv0"> {
  /** Its arguments. @default {Deno.args} */
  args?: readonly string[];
}

/**
 * Begin this program anew, in place: the same process, the same flags and permissions, the code as it is now. How it was
 * started does not matter: by a relative path, before a change of directory, by URL.
 *
 * Signals that it handles are kept meanwhile: the new program gets them once it has set its handlers, those of the turn of
 * the event loop in which it sets the first one. What it no longer handles does then what it does by default. A program
 * that sets no handler through this library keeps them blocked.
 *
 * A daemon stays one: {@linkcode daemonize} finds its pid file and its log again, in the directory in which it began.
 *
 * Needs `run` permission for Deno itself (`Deno.execPath()`).
 *
 * @param options Arguments, directory, environment and descriptors.
 * @returns Never.
 * @throws {SyscallError} as `exec`: this program goes on then, with every signal that came meanwhile.
 * @throws {Deno.errors.NotSupported} if the program came from the command line or from standard input.
 * @throws {Deno.errors.NotCapable} without `run` permission for Deno.
 * @example
 * ```ts
 * import { execSelf, SIG } from "@vasty/vasty";
 *
 * SIG.HUP = () => execSelf();
 * SIG.HUP = "DEFAULT";
 * ```
 * @see execve(2)
 */
export function execSelf(options: ExecSelfOptions = {}): never {
  const { args = Deno.args, cwd = legacyDirectory(), keep = [], ...others } = options;
  const command = ownCommand(args);
  const told = Object.entries(legacyVariables("restarted")).map(([name, text]) => [name, `${text}${Deno.pid}`]);
  const { environment, undo } = blockForExec();
  try {
    const env = { ...others.env, ...Object.fromEntries(told), ...environment };
    exec(command, { ...others, cwd, keep: [...keep, ...legacyDescriptors()], env });
  } finally {
    undo();
  }
}
