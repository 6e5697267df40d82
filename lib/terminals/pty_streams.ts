/** What is typed into a terminal as a Web Stream. */
import { ClosedError } from "../core/errors.ts";
import type { PtyWriter } from "./pty_writer.ts";

/** The stream of `writer`. Closing it ends the input, where a character can. */
export function typedStream(writer: PtyWriter): WritableStream<Uint8Array<ArrayBuffer>> {
  const giving = new AbortController();
  return new WritableStream({
    // abort() waits for the write that is under way, which may wait for a program that does not read.
    start: ({ signal }) =>
      signal.addEventListener(
        "abort",
        () => giving.abort(signal.reason ?? new ClosedError("The stream was aborted")),
      ),
    write: async (bytes) => void await writer.write(bytes, { signal: giving.signal }),
    close: async () => {
      if (writer.canonical) await writer.end({ signal: giving.signal });
    },
  }, { highWaterMark: 1 });
}
