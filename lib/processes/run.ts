/** Running a command to its end: Perl's `system`. */
import { SyscallError } from "../core/errors.ts";
import type { Output } from "../core/output.ts";
import { chunkBytes } from "../core/streams.ts";
import { type Child, outputsOf } from "./child.ts";
import { GRACE_AT_LIMIT } from "./ending.ts";
import { ExitError } from "./exit_error.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { Command, CommandOptions } from "./options.ts";
import { refusePipes } from "./redirects.ts";
import { retrySpawn } from "./retry.ts";
import { claim } from "./roll.ts";
import { spawn } from "./spawn.ts";
import { checkWaitDelay, Readings, WAIT_DELAY } from "./wait_delay.ts";

/** A command that has been started, and what becomes of its input. */
export interface StartedCommand {
  readonly child: Child;
  /**
   * What becomes of `input`, if there is any. Rejects with the error of a source that failed; the child is gone then. What
   * the child leaves unread is no error.
   */
  readonly fed?: Promise<void>;
}

/** Its pipes, until they have ended, or `options.waitDelay` (or else `delay`) milliseconds after the child. */
export function readingsOf({ child, fed }: StartedCommand, options: CommandOptions, delay: number): Readings {
  return new Readings({ pipes: outputsOf(child), ended: child.status, fed }, options.waitDelay ?? delay);
}

/** As {@linkcode start}, as often as `options.retry` says. */
export async function begin(command: Command, options: CommandOptions): Promise<StartedCommand> {
  checkWaitDelay(options.waitDelay);
  refusePipes(options, options.input === undefined && "stdin");
  const { retry, signal, timeout } = options;
  if (retry === undefined) return start(command, options);
  const begun = performance.now();
  // What the tries before it took is no longer the child's.
  const left = () => timeout && Math.max(0, Math.ceil(timeout - (performance.now() - begun)));
  return await retrySpawn(() => start(command, { ...options, timeout: left() }), { ...retry, signal, timeout });
}

/**
 * Start `command`, and begin to write `options.input` to it if there is any. It joins `children`, the stages before it:
 * where the input fails, all that are in there then are ended.
 */
export function start(command: Command, options: CommandOptions, children: Child[] = []): StartedCommand {
  const { input } = options;
  if (input !== undefined && options.stdin !== undefined) throw new TypeError("input and stdin exclude each other");
  checkInput(input);
  const child = spawn(command, input === undefined ? options : { ...options, stdin: "piped" });
  // Its end is our caller's to know, and not waitAny's.
  claim(child);
  children.push(child);
  if (input === undefined) return { child };
  const fed = feed(children, input, options.grace);
  // It is asked for when the child has ended, which may be later.
  fed.catch(() => {});
  return { child, fed };
}

/** The types alone do not keep what is no input from being taken for a stream. */
function checkInput(input: CommandOptions["input"]): void {
  if (input === undefined || typeof input === "string" || isBytes(input)) return;
  if (typeof input?.getReader === "function") return;
  throw new TypeError(`input is a string, a Uint8Array or a ReadableStream, not ${Deno.inspect(input)}`);
}

/**
 * Write all of `input` to the first of `children` and close. Whoever got part of it must not take that for the whole: the
 * last is ended first, for its reader sees the end of one that is ended before.
 */
async function feed(
  children: readonly Child[],
  input: NonNullable<CommandOptions["input"]>,
  grace = GRACE_AT_LIMIT,
): Promise<void> {
  const child = children[0]!;
  const output = outputsOf(child).stdin!;
  const writer = child.stdin.getWriter();
  const chunks = typeof input === "string" ? [new TextEncoder().encode(input)] : isBytes(input) ? [input] : undefined;
  try {
    for await (const chunk of chunks ?? chunksFor(output, input as ReadableStream<Uint8Array>)) {
      if (!await writer.write(chunkBytes(chunk)).then(() => true, unread)) return;
    }
  } catch (error) {
    // One that may not be signalled (EPERM: it has become another user) is not waited for.
    for (const one of children.toReversed()) await one.terminate({ grace }).catch(() => {});
    output.close(error);
    throw error;
  }
  await writer.close().catch(() => {});
}

/**
 * A write has failed. The child has closed its end (EPIPE), and its status says whether that was right; or ours was closed
 * with whatever reason by who ends the child, at a time limit say. Anything else is a failure: thrown.
 */
function unread(error: unknown): false {
  const broken = error instanceof Deno.errors.BrokenPipe;
  if (!broken && (error instanceof SyscallError || error instanceof TypeError)) throw error;
  return false;
}

/** The chunks of `source`, until nobody reads `output` any more: then it is cancelled, also while it has nothing. */
async function* chunksFor(output: Output, source: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = source.getReader();
  // A source that failed has told so already; one that does not end its cancelling is not waited for.
  const cancel = () => reader.cancel().catch(() => {});
  output.abandoned().catch(() => {}).then(cancel);
  try {
    for (let chunk; !(chunk = await reader.read()).done;) yield chunk.value;
  } finally {
    cancel();
    reader.releaseLock();
  }
}

function isBytes(input: unknown): input is Uint8Array<ArrayBuffer> {
  return input instanceof Uint8Array;
}

/** Throw an `ExitError` unless the end was a success or is not to be checked. Only then `said.stderr` is asked for. */
export function checkStatus(
  command: Command,
  status: ExitStatus,
  options: CommandOptions,
  said?: { readonly stderr: string },
): void {
  if ((options.check ?? true) && !status.success) throw new ExitError(command, status, said?.stderr);
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
 * @throws {TypeError} if an option makes no sense, such as `input` together with `stdin`, or a stream that is `"piped"`,
 * which nobody could use here; see `spawn`.
 * @throws {RangeError} if a number is out of its range: of `waitDelay`, `timeout`, `retry`, or as `spawn` says.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError", or the error of a stream given as `input`: the
 * child is gone then.
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
  refusePipes(options, "stdout", "stderr");
  const started = await begin(command, options);
  using _readings = readingsOf(started, options, WAIT_DELAY);
  const status = await started.child.status;
  await started.fed;
  checkStatus(command, status, options);
  return status;
}
