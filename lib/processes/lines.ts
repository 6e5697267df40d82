/** A command's output line by line, as it comes: Perl's `open(FH, "-|", ...)`. */
import { decodeText } from "../../ffi/text.ts";
import { type LineOptions, readLines } from "../core/records.ts";
import { collect } from "./capture.ts";
import type { Command, CommandOptions } from "./options.ts";
import { begin, checkStatus, readingsOf } from "./run.ts";
import { chunksOf } from "./wait_delay.ts";

const NOTHING = new Uint8Array(0);

/**
 * Run a command and yield the lines of its standard output as they come, without their ends (LF or CRLF). Its standard
 * error output is this program's unless `stderr` says otherwise; `"piped"` keeps it for the error's message.
 *
 * The lines end when the pipe does, which a background process may keep open; `waitDelay` limits that, silently.
 *
 * Leaving the loop early closes the pipe, terminates the command, and waits until it is reaped; that is no error.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`, and how long a line may be.
 * @returns The lines.
 * @throws {ExitError} after the last line, if the command ended otherwise than with exit code 0.
 * @throws {SyscallError} at the first step, if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} at the first step, if an option makes no sense, such as `input` together with `stdin`, or a `stdin`
 * that is `"piped"`; see `spawn`.
 * @throws {RangeError} if a line is longer than `maxLength`; at the first step, if a number is out of its range: of
 * `waitDelay`, `timeout`, `retry`, or as `spawn` says.
 * @throws {Deno.errors.NotCapable} at the first step, if a permission is missing.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError": the child is gone then.
 * @example
 * ```ts
 * import { lines } from "@vasty/vasty";
 *
 * for await (const line of lines(["yes", "no"])) {
 *   console.assert(line === "no");
 *   break;
 * }
 * ```
 * @see popen(3)
 */
export async function* lines(
  command: Command,
  options: Omit<CommandOptions, "stdout"> & LineOptions = {},
): AsyncGenerator<string, void> {
  const started = await begin(command, { ...options, stdout: "piped" });
  await using child = started.child;
  using readings = readingsOf(started, options, Infinity);
  // Leaving early closes the pipe, and nobody asks for what had been read of it.
  const errors = collect(readings.stderr).catch(() => NOTHING);
  yield* readLines(chunksOf(readings.stdout!), options);
  const status = await child.status;
  await started.fed;
  checkStatus(command, status, options, { stderr: decodeText(await errors) });
}
