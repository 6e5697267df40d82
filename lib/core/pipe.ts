/** Anonymous pipes. */
import { newPipe } from "../../ffi/descriptors.ts";
import { syscallError } from "./errors.ts";
import { Fd } from "./fd.ts";

/** The two ends of a pipe. */
export interface Pipe {
  /** What was written is read here. */
  readonly reader: Fd;
  /** Bytes go in here; when the last copy of this end is closed, the reader sees the end. */
  readonly writer: Fd;
}

/**
 * Make a pipe, both ends close-on-exec: a child gets an end only where it is listed in the options of `spawn`.
 *
 * @returns The two ends; the caller closes both.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors.
 * @example Join two children without the bytes passing through JavaScript
 * ```ts
 * import { pipe, spawn } from "@vasty/vasty";
 *
 * const { reader, writer } = pipe();
 * await using first = spawn(["echo", "hello"], { stdout: writer });
 * await using second = spawn(["tr", "a-z", "A-Z"], { stdin: reader, stdout: "piped" });
 * reader.close();
 * writer.close();
 * console.assert(await new Response(second.stdout).text() === "HELLO\n");
 * await first.status;
 * ```
 * @see pipe(7)
 */
export function pipe(): Pipe {
  const ends = newPipe();
  if (typeof ends === "number") throw syscallError("make a pipe", -ends, "pipe2");
  return { reader: Fd.adopt(ends[0]), writer: Fd.adopt(ends[1]) };
}
