/** What a pid file says that was not hoped for. */

/**
 * `"running"`: another daemon has it. `"not running"`: nobody has it. `"foreign"`: it is no pid file, or others may write
 * it, or who has it is not known.
 */
export type PidFileReason = "running" | "not running" | "foreign";

/**
 * A daemon is there that should not be, or is not there that should be.
 *
 * @example
 * ```ts
 * import { PidFile, PidFileError } from "@vasty/vasty";
 *
 * try {
 *   PidFile.reload(`${Deno.makeTempDirSync()}/none.pid`);
 * } catch (error) {
 *   console.assert(error instanceof PidFileError && error.reason === "not running");
 * }
 * ```
 */
export class PidFileError extends Error {
  /** `"PidFileError"`. */
  override name = "PidFileError";
  /** What it is. */
  readonly reason: PidFileReason;
  /** The file. */
  readonly path: string;
  /** The process that has it, if it is known. */
  readonly pid?: number;

  /** @ignore */
  constructor(message: string, reason: PidFileReason, path: string, pid?: number) {
    super(message);
    this.reason = reason;
    this.path = path;
    this.pid = pid;
  }
}
