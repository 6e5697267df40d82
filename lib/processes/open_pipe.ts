/** Perl's open of a command for reading or for writing. */
import { type LineOptions, readLines } from "../core/records.ts";
import type { ByteStream } from "../core/streams.ts";
import { OpenedChild, type OpenOptions } from "./opened_child.ts";
import type { Command, SpawnOptions } from "./options.ts";
import { refusePipes } from "./redirects.ts";
import { spawn } from "./spawn.ts";

/** How `openPipe` starts a command: as for `spawn`, but for the end that is the pipe. */
export interface OpenPipeOptions extends OpenOptions {
  /** What a command that is read from reads itself. @default {"inherit"} */
  stdin?: Exclude<SpawnOptions["stdin"], "piped">;
  /** Where a command that is written to writes itself. @default {"inherit"} */
  stdout?: Exclude<SpawnOptions["stdout"], "piped">;
  /** Where it writes its errors. @default {"inherit"} */
  stderr?: Exclude<SpawnOptions["stderr"], "piped">;
}

/** A command that is read from: what `openPipe("-|", ...)` gives. */
export class PipeReader extends OpenedChild {
  /** What it writes. Cancelling closes the pipe; the command then gets SIGPIPE when it writes. */
  get readable(): ByteStream {
    return this.output;
  }

  /**
   * What it writes, line by line, without their ends (LF or CRLF). Leaving a loop over them closes the pipe, but neither
   * waits for the command nor ends it: `close` does.
   *
   * @param options How long a line may be.
   * @throws {RangeError} if a line is longer than `maxLength`.
   */
  lines(options: LineOptions = {}): AsyncGenerator<string, void> {
    return readLines(this.output, options);
  }

  /** The same as {@linkcode PipeReader.lines}. */
  [Symbol.asyncIterator](): AsyncGenerator<string, void> {
    return this.lines();
  }
}

/** A command that is written to: what `openPipe("|-", ...)` gives. */
export class PipeWriter extends OpenedChild {
  /** What it reads, as a stream; `close` closes it as well. */
  get writable(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.input;
  }

  /**
   * Write to it, waiting while the pipe is full. Nobody needs to wait for this: `close` writes what is left, and reports
   * a failure again. A command that has closed its end, or has ended, never kills this program with SIGPIPE.
   *
   * @param data Text, which goes out as UTF-8, or bytes, which must not be changed before they are written.
   * @throws {SyscallError} `EPIPE` if the command reads no more.
   */
  write(data: string | Uint8Array<ArrayBuffer>): Promise<void> {
    return this.send(data);
  }
}

/**
 * Open a command to read what it writes (`"-|"`), or to write what it reads (`"|-"`): Perl's pipe open in its list form.
 * No shell is involved unless the command is `shell(...)`. The other standard streams are this program's unless said
 * otherwise. `close()` gives the command's status.
 *
 * Needs `run` permission for the program.
 *
 * @param mode `"-|"` to read from it, `"|-"` to write to it.
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`; `check: false` has `close` return a status that is not success instead of throwing.
 * @returns The running command; close it.
 * @throws {SyscallError} if it could not be started; see `spawn` for the codes.
 * @throws {TypeError} if the mode is none of the two (for both directions at once there is `open2`), if another stream is
 * `"piped"`, or as `spawn` does.
 * @throws {RangeError} if `timeout`, `grace` or another number of the options makes no sense; see `spawn`.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @throws the reason of `signal`, if that is aborted already.
 * @example
 * ```ts
 * import { openPipe } from "@vasty/vasty";
 *
 * await using ps = openPipe("-|", ["ps", "aux"]);
 * for await (const line of ps) if (/deno/.test(line)) break;
 * await ps.close();
 * ```
 * @see perlipc(1), popen(3)
 */
export function openPipe(mode: "-|", command: Command, options?: OpenPipeOptions): PipeReader;
/**
 * Open a command to write what it reads: see the other form.
 *
 * @param mode `"|-"`.
 * @param command The program and its arguments, or `shell(...)`.
 * @param options As for `spawn`; `check: false` has `close` return a status that is not success instead of throwing.
 * @returns The running command; close it.
 * @example
 * ```ts
 * import { openPipe } from "@vasty/vasty";
 *
 * await using sorted = openPipe("|-", ["sort"], { stdout: "null" });
 * sorted.write("b\na\n");
 * console.assert((await sorted.close()).success);
 * ```
 */
export function openPipe(mode: "|-", command: Command, options?: OpenPipeOptions): PipeWriter;
export function openPipe(mode: "-|" | "|-", command: Command, options: OpenPipeOptions = {}): PipeReader | PipeWriter {
  refusePipes(options, mode !== "|-" && "stdin", mode !== "-|" && "stdout", "stderr");
  if (mode === "-|") return new PipeReader(spawn(command, { ...options, stdout: "piped" }), false, options);
  if (mode === "|-") return new PipeWriter(spawn(command, { ...options, stdin: "piped" }), true, options);
  throw new TypeError(refusal(mode));
}

/** Why a mode is none, and what to write instead: Perl's forms with a command in them are named. */
function refusal(mode: unknown): string {
  const [, before, line, after] = /^\s*(\|?)\s*(.*?)\s*(\|?)\s*$/s.exec(String(mode))!;
  const command = `shell(${JSON.stringify(line)})`;
  if (before && after) return `One pipe does not go both ways, as ${JSON.stringify(mode)} would: use open2(${command})`;
  const hint = before || after ? `: use openPipe("${before ? "|-" : "-|"}", ${command})` : "";
  return `The mode of openPipe is "-|" to read from a command or "|-" to write to it, not ${
    JSON.stringify(mode)
  }${hint}`;
}
