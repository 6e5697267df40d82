/** The lines of files, commands and the standard input, one after the other: Perl's `<>`. */
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { type ByteChunks, type LineOptions, Splitter } from "../core/records.ts";
import { commandChunks, fileChunks, givenChunks, inputChunks } from "./argument_source.ts";

/** How `diamond` treats its arguments. */
export interface DiamondOptions extends WaitOptions, LineOptions {
  /**
   * Whether an argument that ends in `|` is a command line for /bin/sh. Only where the arguments come from somebody who
   * may run commands here: otherwise such an argument is the name of a file.
   * @default {false}
   */
  commands?: boolean;
  /** What `-` reads; it is cancelled where the loop is left before its end. @default {standard input} */
  stdin?: ByteChunks;
  /**
   * Is told of a file that cannot be opened or read, and of a command that cannot be started or fails; then the next
   * argument is read. Without it that ends the loop by being thrown.
   */
  onError?: (error: unknown, file: string) => void;
}

/** A line of one of the arguments. */
export interface DiamondLine {
  /** The argument: Perl's `$ARGV`. */
  readonly file: string;
  /** The line without its end. */
  readonly line: string;
  /** What ended it: `""` for the last line of a file that lacks an end. `line + end` is what was read. */
  readonly end: "\n" | "\r\n" | "";
  /** Its number in this file, from 1. */
  readonly number: number;
  /** Its number in all files, from 1: Perl's `$.`, which goes on from file to file. */
  readonly total: number;
}

/**
 * The lines of all that a command line names, in order: Perl's `while (<>)`. An argument is a file; `-` is standard input,
 * and so is no argument at all; `"cmd|"` is what a command writes, where `commands` allows it. The text is UTF-8.
 *
 * Each is opened only when the one before it has ended. A FIFO waits for its writer, and no thread of Deno's with it.
 * Leaving the loop closes what is open and ends the command. Standard input may then have been read further than to the
 * last line; it stays open.
 *
 * Needs `read` permission for the files, and `run` permission for /bin/sh where there are commands.
 *
 * @param args The arguments.
 * @param options Whether there may be commands, who is told of what fails, when to give up.
 * @returns The lines.
 * @throws {SyscallError} for a file that cannot be opened or read, without `onError`: `ENOENT`, `EACCES`, `EISDIR`, `EMFILE`.
 * @throws {ExitError} after the last line of a command that failed, without `onError`.
 * @throws {RangeError} if `timeout` is negative or not a number; if a line is longer than `maxLength`, without `onError`.
 * @throws {TypeError} if an argument contains a NUL, without `onError`.
 * @throws {Deno.errors.NotCapable} if a permission is missing, without `onError`.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { diamond } from "@vasty/vasty";
 *
 * const found: string[] = [];
 * for await (const { file, line, number } of diamond(["/etc/hostname", "echo one; echo two|"], { commands: true })) {
 *   if (file.endsWith("|")) found.push(`${number}: ${line}`);
 * }
 * console.assert(found.join() === "1: one,2: two");
 * ```
 * @see perlop(1), "I/O Operators"
 */
export async function* diamond(
  args: readonly string[],
  options: DiamondOptions = {},
): AsyncGenerator<DiamondLine, void> {
  checkLimit(options);
  const controller = new AbortController();
  const { signal } = controller;
  using _limit = new Limit(options, (reason) => controller.abort(reason));
  let before = 0;
  for (const file of args.length === 0 ? ["-"] : args) {
    let number = 0;
    try {
      for await (const [line, end] of endedLines(chunks(file, options, signal), options)) {
        number++;
        yield { file, line, end, number, total: before + number };
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (options.onError === undefined) throw error;
      options.onError(error, file);
    }
    before += number;
  }
}

function chunks(file: string, options: DiamondOptions, signal: AbortSignal): ByteChunks {
  if (file === "-") return options.stdin === undefined ? inputChunks(signal) : givenChunks(options.stdin, signal);
  if (options.commands && file.endsWith("|")) return commandChunks(file.slice(0, -1), signal);
  return fileChunks(file, signal);
}

/** Lines, and what each of them ended with. */
async function* endedLines(
  source: ByteChunks,
  { maxLength }: LineOptions,
): AsyncGenerator<[string, DiamondLine["end"]]> {
  const splitter = Splitter.ofLines(maxLength);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const ended = (line: string): [string, DiamondLine["end"]] =>
    line.endsWith("\r") ? [line.slice(0, -1), "\r\n"] : [line, "\n"];
  for await (const chunk of source) {
    for (const line of splitter.push(decoder.decode(chunk, { stream: true }))) yield ended(line);
  }
  for (const line of splitter.push(decoder.decode())) yield ended(line);
  for (const line of splitter.end()) yield [line, ""];
}
