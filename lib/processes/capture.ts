/** A command's output as a whole: Perl's backticks. */
import type { Input } from "../core/input.ts";
import { outputsOf } from "./child.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { Command, CommandOptions } from "./options.ts";
import { checkStatus, start } from "./run.ts";

const NOTHING = new Uint8Array(0);

/** What a command has written, and how it ended. */
export class Captured {
  /** How it ended. */
  readonly status: ExitStatus;
  /** Its standard output, byte for byte. */
  readonly stdoutBytes: Uint8Array<ArrayBuffer>;
  /** Its standard error output, byte for byte. */
  readonly stderrBytes: Uint8Array<ArrayBuffer>;

  /** @ignore */
  constructor(status: ExitStatus, stdout: Uint8Array<ArrayBuffer>, stderr: Uint8Array<ArrayBuffer>) {
    this.status = status;
    this.stdoutBytes = stdout;
    this.stderrBytes = stderr;
  }

  /** Its standard output as text; what is not UTF-8 becomes U+FFFD. */
  get stdout(): string {
    return new TextDecoder().decode(this.stdoutBytes);
  }

  /** Its standard error output as text. */
  get stderr(): string {
    return new TextDecoder().decode(this.stderrBytes);
  }
}

/** Everything up to the end of `input`, in one piece. */
export async function collect(input: Input | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (input === undefined) return NOTHING;
  let buffer = new Uint8Array(16 * 1024);
  let length = 0;
  for (let count; (count = await input.read(buffer.subarray(length))) > 0;) {
    length += count;
    if (length === buffer.length) buffer = grown(buffer);
  }
  return buffer.slice(0, length);
}

/** A buffer of twice the length with the same beginning. */
export function grown(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * buffer.length);
  larger.set(buffer);
  return larger;
}

/**
 * Run a command to its end and return what it wrote, as Perl's backticks do. Its standard error output is captured as
 * well, for the error's message, unless `stderr` says otherwise; `stderr: "inherit"` shows it as it comes.
 *
 * It is complete when the command has ended and its pipes have: a background process that keeps them open is waited for.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`; `check: false` returns a status that is not success instead of throwing.
 * @returns What it wrote, and how it ended.
 * @throws {ExitError} if it ended otherwise than with exit code 0.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError": the child is gone then.
 * @example
 * ```ts
 * import { capture } from "@vasty/vasty";
 *
 * const { stdout, status } = await capture(["echo", "$HOME"]);
 * console.assert(stdout === "$HOME\n" && status.success);
 * ```
 * @see perlop(1), `qx`
 */
export async function capture(command: Command, options: CommandOptions = {}): Promise<Captured> {
  const { stdout = "piped", stderr = "piped" } = options;
  const { child, fed } = start(command, { ...options, stdout, stderr });
  const inputs = outputsOf(child);
  const [status, out, errors] = await Promise.allSettled([
    child.status,
    collect(inputs.stdout),
    collect(inputs.stderr),
  ]);
  await fed;
  for (const part of [status, out, errors]) if (part.status === "rejected") throw part.reason;
  const captured = new Captured(fulfilled(status), fulfilled(out), fulfilled(errors));
  checkStatus(command, captured.status, options, captured.stderr);
  return captured;
}

function fulfilled<T>(result: PromiseSettledResult<T>): T {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}
