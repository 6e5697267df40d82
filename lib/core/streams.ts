/** Bytes over a descriptor as Web Streams. */
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";

/** Bytes of one read where nobody brings a buffer: small until the stream has shown volume. */
const SMALL_CHUNK = 16 * 1024;
const LARGE_CHUNK = 256 * 1024;

/**
 * A readable byte stream over a descriptor. It takes BYOB readers, and besides the standard's methods has
 * {@linkcode ByteStream.readInto}. Cancelling closes the descriptor, so that the writer gets EPIPE.
 *
 * @example
 * ```ts
 * import { spawn } from "@vasty/vasty";
 *
 * await using child = spawn(["echo", "hello"], { stdout: "piped" });
 * const text = await new Response(child.stdout).text();
 * console.assert(text === "hello\n");
 * ```
 */
export interface ByteStream extends ReadableStream<Uint8Array<ArrayBuffer>> {
  /**
   * Read into the caller's own memory, with no copy and no chunk to collect: the fastest way to carry volume.
   *
   * @param target Where to; it must not be transferred or resized before the promise has settled.
   * @returns How many bytes came, as many as there were; `null` at the end.
   * @throws {TypeError} if the stream is locked to a reader.
   * @throws {ClosedError} if the stream was closed.
   * @example
   * ```ts
   * import { spawn } from "@vasty/vasty";
   *
   * await using child = spawn(["head", "-c", "100000", "/dev/zero"], { stdout: "piped" });
   * const buffer = new Uint8Array(65536);
   * let total = 0;
   * for (let n; (n = await child.stdout.readInto(buffer)) !== null;) total += n;
   * console.assert(total === 100_000);
   * ```
   * @see read(2)
   */
  readInto(target: Uint8Array<ArrayBuffer>): Promise<number | null>;
}

/** The stream of `input`. No subclass: a program that reads no stream is spared the 2 ms of loading Deno's. */
export function byteStream(input: Input): ByteStream {
  const readInto = async (target: Uint8Array<ArrayBuffer>) => {
    if (stream.locked) throw new TypeError("The stream is locked to a reader");
    const count = await input.read(target);
    return count === 0 && target.byteLength > 0 ? null : count;
  };
  const stream = Object.assign(new ReadableStream(source(input), { highWaterMark: 0 }), { readInto });
  return stream;
}

/** What a byte stream pulls from. */
function source(input: Input): UnderlyingByteSource {
  let scratch = new Uint8Array(0);
  const deliver = (controller: ReadableByteStreamController, count: number) => {
    const request = controller.byobRequest;
    if (count === 0) {
      controller.close();
      request?.respond(0);
    } else if (request) request.respond(count);
    else {
      controller.enqueue(scratch.slice(0, count));
      if (count === scratch.length && count < LARGE_CHUNK) scratch = new Uint8Array(LARGE_CHUNK);
    }
  };
  return {
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      if (!request && scratch.length === 0) scratch = new Uint8Array(SMALL_CHUNK);
      const count = input.read(request ? request.view as Uint8Array<ArrayBuffer> : scratch);
      if (typeof count === "number") deliver(controller, count);
      else return count.then((count) => deliver(controller, count));
    },
    cancel: () => input.close(),
  };
}

/** A writable byte stream over a descriptor; the other side sees the end when it is closed or aborted. */
export function writableStream(output: Output): WritableStream<Uint8Array<ArrayBuffer>> {
  return new WritableStream({
    write: (bytes) => output.write(bytes),
    close: () => output.close(),
    abort: (reason) => output.close(reason),
  }, { highWaterMark: 1 });
}
