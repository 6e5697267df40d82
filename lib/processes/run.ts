/** Running a command to its end: Perl's `system`. */
import type { Child } from "./child.ts";
import { ExitError } from "./exit_error.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { Command, CommandOptions } from "./options.ts";
import { spawn } from "./spawn.ts";

/** Start `command`, and begin to write `options.input` to it if there is any. */
export function start(command: Command, options: CommandOptions): Child {
  if (options.input === undefined) return spawn(command, options);
  if (options.stdin !== undefined) throw new TypeError("input and stdin exclude each other");
  const child = spawn(command, { ...options, stdin: "piped" });
  feed(child, options.input);
  return child;
}

/** Write all of `input` and close. The child may end without having read it; its status says whether that was right. */
async function feed(child: Child, input: NonNullable<CommandOptions["input"]>): Promise<void> {
  try {
    await new Response(input).body!.pipeTo(child.stdin);
  } catch (error) {
    // A source that fails is another matter: the child would take what it got for the whole.
    if (!(error instanceof Deno.errors.BrokenPipe)) child.kill();
  }
}

/** Throw an `ExitError` unless the end was a success or is not to be checked. */
export function checkStatus(command: Command, status: ExitStatus, options: CommandOptions, stderr?: string): void {
  if ((options.check ?? true) && !status.success) throw new ExitError(command, status, stderr);
}

/**
 * Run a command to its end, as Perl's `system` does; its standard streams are this program's unless said otherwise.
 * Waits without blocking anything else. See `spawn` for what the child gets.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`; `check: false` returns a status that is not success instead of throwing.
 * @returns How it ended.
 * @throws {ExitError} if it ended otherwise than with exit code 0.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError": the child is gone then.
 * @example
 * ```ts
 * import { run } from "@vasty/vasty";
 *
 * const status = await run(["sh", "-c", "exit 2"], { check: false });
 * console.assert(status.code === 2);
 * ```
 * @see system(3)
 */
export async function run(command: Command, options: CommandOptions = {}): Promise<ExitStatus> {
  const status = await start(command, options).status;
  checkStatus(command, status, options);
  return status;
}
