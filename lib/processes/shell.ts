/** The shell form, which must be asked for. */

/**
 * A command line for /bin/sh, to be given to `spawn`, `run`, `capture`, `lines` or `exec`. Everything in it means what it
 * means to the shell, so never put words into it that come from elsewhere: give those as arguments.
 *
 * Needs `run` permission for /bin/sh.
 *
 * @param line The command line.
 * @param args What the line sees as `$1`, `$2` and so on: words that the shell does not read.
 * @returns The command.
 * @example
 * ```ts
 * import { capture, shell } from "@vasty/vasty";
 *
 * const { stdout } = await capture(shell('echo "$1" | tr a-z A-Z', "$(id)"));
 * console.assert(stdout === "$(ID)\n");
 * ```
 * @see sh(1)
 */
export function shell(line: string, ...args: string[]): string[] {
  return ["/bin/sh", "-c", ...(/^[-+]/.test(line) ? ["--"] : []), line, ...(args.length > 0 ? ["sh", ...args] : [])];
}
