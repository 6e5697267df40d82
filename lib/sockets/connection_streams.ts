/** A connection as Web Streams, which share its buffers and its turns. */
import { withTurn } from "../../ffi/reactor.ts";
import { ClosedError } from "../core/errors.ts";
import type { PollState } from "../core/pollable.ts";
import { type ByteStream, byteStream } from "../core/streams.ts";
import { checkOpen, partsOf, takeTurn } from "./connection_base.ts";
import type { ConnectionWriter } from "./connection_writer.ts";

/** How its reading stands: the kernel does not see what waits in the buffer. */
export function readingState(connection: ConnectionWriter): PollState {
  const { input } = partsOf(connection);
  return { fd: connection.fd.number, ready: input.buffered > 0 || input.ended };
}

/** What it reads, as a stream. Cancelling it shuts down reading. */
export function readableOf(connection: ConnectionWriter): ByteStream {
  const { input, reading } = partsOf(connection);
  return byteStream({
    read: (target) => {
      checkOpen(connection);
      const count = reading.idle ? input.readNow(target) : undefined;
      if (count !== undefined) return withTurn(count, count);
      return takeTurn(connection, "reading", {}, ({ input }, options) => input.read(target, options));
    },
    close: () => shutDown(connection, "read"),
    get state() {
      return readingState(connection);
    },
  });
}

/** What is written to it, as a stream. Closing it shuts down writing once all has gone, aborting it shuts it down at once. */
export function writableOf(
  connection: ConnectionWriter,
  closeWrite: () => Promise<void>,
): WritableStream<Uint8Array<ArrayBuffer>> {
  const giving = new AbortController();
  const { output } = partsOf(connection);
  const forget = () => output.drop(output.buffered);
  const abort = (reason: unknown) => {
    giving.abort(reason ?? new ClosedError("The stream was aborted"));
    forget();
    shutDown(connection, "write");
  };
  return new WritableStream({
    // abort() waits for the write that is under way, which may wait for a reader for ever.
    start: ({ signal }) => signal.addEventListener("abort", () => abort(signal.reason)),
    write: async (bytes) => {
      try {
        await connection.write(bytes, { signal: giving.signal });
      } finally {
        if (giving.signal.aborted) forget();
      }
    },
    close: closeWrite,
  }, { highWaterMark: 1 });
}

/** It may have no peer any more, or be closed. */
function shutDown(connection: ConnectionWriter, how: "read" | "write"): void {
  try {
    connection.socket.shutdown(how);
  } catch {
    // Then there is nothing to shut down.
  }
}
