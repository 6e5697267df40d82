/** The forms that block the thread until the command has ended. */
import { decodeText } from "../../ffi/text.ts";
import type { LineOptions } from "../core/records.ts";
import { Splitter, withoutReturn } from "../core/records.ts";
import { Captured } from "./capture.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { Command, CommandOptions } from "./options.ts";
import { refusePipes } from "./redirects.ts";
import { checkStatus } from "./run.ts";
import { Conversation } from "./conversation.ts";
import { WAIT_DELAY } from "./wait_delay.ts";

/** As for the waiting forms; an `AbortSignal` could not fire while the thread is blocked, nor a try be made later. */
export type SyncOptions =
  & Omit<CommandOptions, "signal" | "input" | "retry" | "subreaper" | "onParentEnd">
  & { input?: string | Uint8Array<ArrayBuffer> };

/**
 * Run a command to its end and block this thread meanwhile: nothing else of the program runs. See `run`.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `run`.
 * @returns How it ended.
 * @throws {ExitError} if it ended otherwise than with exit code 0.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} if an option makes no sense, as for `run`.
 * @throws a `DOMException` named "TimeoutError": the child is gone then.
 * @example
 * ```ts
 * import { runSync } from "@vasty/vasty";
 *
 * console.assert(runSync(["true"]).success);
 * ```
 * @see system(3)
 */
export function runSync(command: Command, options: SyncOptions = {}): ExitStatus {
  refusePipes(options, options.input === undefined && "stdin", "stdout", "stderr");
  const { waitDelay = WAIT_DELAY } = options;
  using conversation = new Conversation(command, { ...options, waitDelay });
  const status = conversation.finish();
  checkStatus(command, status, options);
  return status;
}

/**
 * Run a command to its end, block this thread meanwhile, and return what it wrote. See `capture`.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `capture`.
 * @returns What it wrote, and how it ended.
 * @throws {ExitError} if it ended otherwise than with exit code 0.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} if an option makes no sense, as for `capture`.
 * @throws a `DOMException` named "TimeoutError": the child is gone then.
 * @example
 * ```ts
 * import { captureSync } from "@vasty/vasty";
 *
 * console.assert(captureSync(["echo", "hello"]).stdout === "hello\n");
 * ```
 * @see perlop(1), `qx`
 */
export function captureSync(command: Command, options: SyncOptions = {}): Captured {
  refusePipes(options, options.input === undefined && "stdin");
  const { stdout = "piped", stderr = "piped", waitDelay = WAIT_DELAY } = options;
  using conversation = new Conversation(command, { ...options, stdout, stderr, waitDelay });
  const status = conversation.finish();
  const captured = new Captured(status, conversation.read(1), conversation.read(2), conversation.incomplete);
  checkStatus(command, status, options, captured);
  return captured;
}

/**
 * Run a command and yield the lines of its standard output, blocking this thread until the next one comes. See `lines`.
 *
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `lines`.
 * @returns The lines.
 * @throws {ExitError} after the last line, if the command ended otherwise than with exit code 0.
 * @throws {SyscallError} at the first step, if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} at the first step, if an option makes no sense, as for `lines`.
 * @throws {RangeError} if a line is longer than `maxLength`.
 * @throws a `DOMException` named "TimeoutError": the child is gone then.
 * @example
 * ```ts
 * import { linesSync } from "@vasty/vasty";
 *
 * console.assert([...linesSync(["seq", "3"])].join() === "1,2,3");
 * ```
 * @see popen(3)
 */
export function* linesSync(command: Command, options: SyncOptions & LineOptions = {}): Generator<string, void> {
  refusePipes(options, options.input === undefined && "stdin");
  using conversation = new Conversation(command, { ...options, stdout: "piped" });
  const splitter = Splitter.ofLines(options.maxLength);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (let open = true; open;) {
    open = conversation.step(1);
    for (const line of splitter.push(decoder.decode(conversation.read(1), { stream: open }))) yield withoutReturn(line);
  }
  yield* splitter.end();
  checkStatus(command, conversation.finish(), options, { stderr: decodeText(conversation.read(2)) });
}
