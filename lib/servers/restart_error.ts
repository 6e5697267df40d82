/** A new generation that did not come up. */
import type { ExitStatus } from "../processes/mod.ts";

/** How much of what it has said a message shows. */
const SHOWN = 4_096;

/**
 * The new code of a program did not start: the old one goes on. The message says how it ended, and the end of what it has
 * written to its standard error output.
 *
 * @example
 * ```ts ignore
 * import { restartable, RestartError, SIG } from "@vasty/vasty";
 *
 * const restarter = restartable();
 * SIG.HUP = () =>
 *   restarter.restart().catch((error) => {
 *     if (error instanceof RestartError) console.error(error.message); // Cannot restart: ... exit 1 ... SyntaxError: ...
 *   });
 * ```
 */
export class RestartError extends Error {
  /** `"RestartError"`. */
  override readonly name = "RestartError";
  /** How the new generation ended. */
  readonly status: ExitStatus;
  /** The end of what it wrote to its standard error output; empty of a successor, whose output is this program's. */
  readonly stderr: string;

  /** @ignore */
  constructor(doing: string, status: ExitStatus, stderr: string) {
    const tail = stderr.length > SHOWN ? `...${stderr.slice(-SHOWN)}` : stderr;
    const said = tail.trim() === "" ? "" : `\n${tail.trimEnd()}`;
    super(`Cannot ${doing}: the new code did not get ready: ${status}${said}`);
    this.status = status;
    this.stderr = tail;
  }
}
