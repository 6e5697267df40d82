/** A command's output as a whole: Perl's backticks. */
import { decodeText } from "../../ffi/text.ts";
import type { Input } from "../core/input.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { Command, CommandOptions } from "./options.ts";
import { begin, checkStatus, readingsOf } from "./run.ts";
import { WAIT_DELAY } from "./wait_delay.ts";

const NOTHING = new Uint8Array(0);

/** What a command has written, and how it ended. */
export class Captured {
  /** How it ended. */
  readonly status: ExitStatus;
  /** Its standard output, byte for byte. */
  readonly stdoutBytes: Uint8Array<ArrayBuffer>;
  /** Its standard error output, byte for byte. */
  readonly stderrBytes: Uint8Array<ArrayBuffer>;
  /** Whether something still kept the pipes open when `waitDelay` had passed, and may have had more to say. */
  readonly incomplete: boolean;

  /** @ignore */
  constructor(
    status: ExitStatus,
    stdout: Uint8Array<ArrayBuffer>,
    stderr: Uint8Array<ArrayBuffer>,
    incomplete = false,
  ) {
    this.status = status;
    this.stdoutBytes = stdout;
    this.stderrBytes = stderr;
    this.incomplete = incomplete;
  }

  /** Its standard output as text; what is not UTF-8 becomes U+FFFD, and a byte order mark stays where it is. */
  get stdout(): string {
    return decodeText(this.stdoutBytes);
  }

  /** Its standard error output as text, in the same way. */
  get stderr(): string {
    return decodeText(this.stderrBytes);
  }
}

/** Everything up to the end of `input`, in one piece. */
export async function collect(input: Pick<Input, "read"> | undefined): Promise<Uint8Array<ArrayBuffer>> {
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
 * It is complete when the command has ended and its pipes have. A background process that keeps them open is waited for
 * as long as `waitDelay` says; then the result has what came, and is marked `incomplete`.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`; `check: false` returns a status that is not success instead of throwing.
 * @returns What it wrote, and how it ended.
 * @throws {ExitError} if it ended otherwise than with exit code 0.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} if an option makes no sense, such as `input` together with `stdin`, or a `stdin` that is `"piped"`;
 * see `spawn`.
 * @throws {RangeError} if a number is out of its range: of `waitDelay`, `timeout`, `retry`, or as `spawn` says.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
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
  const started = await begin(command, { ...options, stdout, stderr });
  using readings = readingsOf(started, options, WAIT_DELAY);
  const [status, out, errors] = await Promise.allSettled([
    started.child.status,
    collect(readings.stdout),
    collect(readings.stderr),
  ]);
  await started.fed;
  for (const part of [status, out, errors]) if (part.status === "rejected") throw part.reason;
  const captured = new Captured(fulfilled(status), fulfilled(out), fulfilled(errors), readings.incomplete);
  checkStatus(command, captured.status, options, captured);
  return captured;
}

function fulfilled<T>(result: PromiseSettledResult<T>): T {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}
