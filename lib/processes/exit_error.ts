/** A command that did not succeed. */
import type { ExitStatus } from "./exit_status.ts";

/** How much of the standard error output a message shows from each end, in characters. */
const SHOWN = 2_048;

/** `argv` as a person would type it into a shell. */
export function displayCommand(argv: readonly string[]): string {
  return argv.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

/**
 * A command ended otherwise than with exit code 0. The message has the command, the status in words, and the head and
 * tail of what it wrote to its standard error output, as far as that was captured.
 *
 * @example
 * ```ts
 * import { capture, ExitError } from "@vasty/vasty";
 *
 * try {
 *   await capture(["sh", "-c", "echo no such luck >&2; exit 3"]);
 * } catch (error) {
 *   if (!(error instanceof ExitError)) throw error;
 *   console.assert(error.status.code === 3 && error.stderr === "no such luck\n");
 * }
 * ```
 */
export class ExitError extends Error {
  /** `"ExitError"`. */
  override readonly name = "ExitError";
  /** The command: the program and its arguments. */
  readonly command: readonly string[];
  /** How it ended. */
  readonly status: ExitStatus;
  /** The head and tail of what it wrote to its standard error output; empty if that was not captured. */
  readonly stderr: string;

  /** @ignore */
  constructor(command: readonly string[], status: ExitStatus, stderr = "") {
    const excerpt = headAndTail(stderr);
    const tail = excerpt.trim() === "" ? "" : `\n${excerpt.trimEnd()}`;
    super(`Command failed: ${displayCommand(command)}: ${status}${tail}`);
    this.command = command;
    this.status = status;
    this.stderr = excerpt;
  }
}

function headAndTail(text: string): string {
  if (text.length <= 2 * SHOWN) return text;
  const left = text.length - 2 * SHOWN;
  return `${text.slice(0, SHOWN)}\n... ${left} characters left out ...\n${text.slice(-SHOWN)}`;
}
