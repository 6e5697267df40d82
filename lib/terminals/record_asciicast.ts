/** Recording a terminal. */
import type { Pty } from "./pty.ts";
import { RecordedTerminal, type RecordingOptions, type RecordingSink } from "./recorded_terminal.ts";

/**
 * Record a terminal in asciicast, version 2 or 3, which asciinema and other players take. What is returned stands for the terminal
 * from now on: it is read and typed at by way of it, by a dialog most often.
 *
 * A file is written line by line, without waiting, so that it is whole wherever the program ends; it needs `write` permission.
 *
 * @param terminal The terminal, which belongs to what is returned from now on.
 * @param to The path of the file, which is made anew, or who is called with each line, its end included.
 * @param options What stands at its head, and what is recorded.
 * @returns The terminal, recorded. Closing it closes both.
 * @throws {TypeError} if `version` is neither 2 nor 3, or `to` is neither a path nor a function.
 * @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied} and what else `Deno.openSync` throws; the terminal stays the
 *   caller's.
 * @throws {Deno.errors.NotCapable} if `write` permission is missing.
 * @example
 * ```ts
 * import { EOF, Expect, recordAsciicast, spawnPty } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile({ suffix: ".cast" });
 * {
 *   await using dialog = new Expect(recordAsciicast(spawnPty(["date"]), path, { title: "What time is it?" }));
 *   await dialog.expect(EOF);
 * }
 * console.assert(Deno.readTextFileSync(path).includes("What time is it?"));
 * await Deno.remove(path);
 * ```
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
export function recordAsciicast<T extends Pty>(
  terminal: T,
  to: string | URL | ((line: string) => void),
  options: RecordingOptions = {},
): RecordedTerminal<T> {
  const { version = 2 } = options;
  if (version !== 2 && version !== 3) throw new TypeError(`version is 2 or 3, not ${version}`);
  if (typeof to === "function") return new RecordedTerminal(terminal, { write: to, [Symbol.dispose]() {} }, options);
  if (typeof to !== "string" && !(to instanceof URL)) {
    throw new TypeError("A recording goes to a path or to a function");
  }
  const sink = fileSink(to);
  try {
    return new RecordedTerminal(terminal, sink, options);
  } catch (error) {
    sink[Symbol.dispose]();
    throw error;
  }
}

function fileSink(path: string | URL): RecordingSink {
  const file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  return {
    write: (line) => {
      const bytes = encoder.encode(line);
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    },
    [Symbol.dispose]: () => file.close(),
  };
}
