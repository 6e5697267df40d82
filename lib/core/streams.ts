/** Bytes over a descriptor as Web Streams. */
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";
import { POLLABLE, type PollState } from "./pollable.ts";

/** Bytes of one read where nobody brings a buffer: in memory to copy from, until one has filled it. */
const SMALL_CHUNK = 16 * 1024;
/** From then on each has memory of its own, for as much as there is, up to this. */
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
   * @throws {TypeError} if it is no Uint8Array, or the stream is locked to a reader.
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

/** What a byte stream is made of. */
type Source = Pick<Input, "read" | "close" | "state"> & Partial<Pick<Input, "readChunk">>;

/** The stream of `input`. No subclass: a program that reads no stream is spared the 2 ms of loading Deno's. */
export function byteStream(input: Source): ByteStream {
  const puller = new Puller(input);
  const stream = new ReadableStream(puller, { highWaterMark: 0 });
  const readInto = async (target: Uint8Array<ArrayBuffer>) => {
    if (!(target instanceof Uint8Array)) throw new TypeError("Reading takes a Uint8Array");
    if (stream.locked) throw new TypeError("The stream is locked to a reader");
    // A read that its reader has abandoned comes first: its bytes are under way, or wait in the stream.
    if (puller.ahead) return await readThrough(stream, target);
    const count = await input.read(target);
    return count === 0 && target.byteLength > 0 ? null : count;
  };
  Object.defineProperty(stream, POLLABLE, { value: () => puller.state });
  return Object.assign(stream, { readInto, getReader: readersOf(stream, () => puller.abandoned()) });
}

/** The stream's `getReader`, for one who is told when a reader leaves that has brought memory. */
function readersOf(stream: ReadableStream, left: () => void): ReadableStream["getReader"] {
  const getReader = stream.getReader.bind(stream) as (options?: { mode?: "byob" }) => ReadableStreamBYOBReader;
  const told = (options?: { mode?: "byob" }) => {
    const reader = getReader(options);
    if (options?.mode !== "byob") return reader;
    const releaseLock = reader.releaseLock.bind(reader);
    return Object.assign(reader, { releaseLock: () => (releaseLock(), left()) });
  };
  return told as ReadableStream["getReader"];
}

/** Read into `target` by way of the stream, at the price of a copy. */
async function readThrough(stream: ReadableStream, target: Uint8Array<ArrayBuffer>): Promise<number | null> {
  if (target.byteLength === 0) return 0;
  const reader = stream.getReader({ mode: "byob" });
  try {
    const { done, value } = await reader.read(new Uint8Array(target.byteLength));
    if (done || value === undefined) return null;
    target.set(value);
    return value.byteLength;
  } finally {
    reader.releaseLock();
  }
}

/** What a byte stream pulls from. */
class Puller implements UnderlyingByteSource {
  readonly type = "bytes";
  readonly #input: Source;
  #scratch = new Uint8Array(0);
  #controller: ReadableByteStreamController | undefined;
  #pulling = false;
  /** Whose memory is read into may have left. */
  #abandoned = false;
  #volume = false;

  constructor(input: Source) {
    this.#input = input;
  }

  /** How it stands: what waits in the stream is no longer seen by its source. */
  get state(): PollState {
    const state = this.#input.state;
    return { ...state, ready: state.ready || (this.#controller?.desiredSize ?? 0) < 0 };
  }

  /** Whether bytes are under way to the stream, or wait in it. */
  get ahead(): boolean {
    return this.#pulling || (this.#controller?.desiredSize ?? 0) < 0;
  }

  /** A reader that has brought memory has left. */
  abandoned(): void {
    this.#abandoned = this.#pulling;
  }

  pull(controller: ReadableByteStreamController): void | Promise<void> {
    this.#controller = controller;
    const request = controller.byobRequest;
    const chunk = request === null && this.#volume ? this.#input.readChunk?.(LARGE_CHUNK) : undefined;
    if (chunk instanceof Uint8Array) return controller.enqueue(chunk);
    if (chunk !== undefined) return this.#later(chunk, (chunk) => controller.enqueue(chunk));
    const target = request ? request.view as Uint8Array<ArrayBuffer> : this.#memory();
    const count = this.#input.read(target);
    if (typeof count !== "number") return this.#later(count, (count) => this.#deliver(controller, target, count));
    this.#deliver(controller, target, count);
  }

  async #later<T>(result: Promise<T>, deliver: (result: T) => void): Promise<void> {
    this.#pulling = true;
    try {
      deliver(await result);
    } finally {
      this.#pulling = this.#abandoned = false;
    }
  }

  /** Where to read what nobody has brought a buffer for. */
  #memory(): Uint8Array<ArrayBuffer> {
    const large = this.#volume && this.#input.readChunk === undefined;
    if (this.#scratch.length === 0) this.#scratch = new Uint8Array(large ? LARGE_CHUNK : SMALL_CHUNK);
    return this.#scratch;
  }

  cancel(): void {
    this.#input.close();
  }

  /**
   * What was read into `target`. Where a reader has left that brought it, to answer its request would only put the bytes
   * aside, and a default reader that waits would go on to wait. So they come as any others do, and are copied to who asks now.
   */
  #deliver(controller: ReadableByteStreamController, target: Uint8Array<ArrayBuffer>, count: number): void {
    if (count === 0) {
      controller.close();
      controller.byobRequest?.respond(0);
    } else if (target === this.#scratch) controller.enqueue(this.#taken(count));
    else if (this.#abandoned) controller.enqueue(target.slice(0, count));
    else controller.byobRequest!.respond(count);
  }

  /** The first `count` bytes of the memory. What fills most of it is given away: a copy costs more than new memory. */
  #taken(count: number): Uint8Array<ArrayBuffer> {
    const memory = this.#scratch;
    this.#volume ||= count === memory.length;
    if (count <= memory.length / 2) return memory.slice(0, count);
    this.#scratch = new Uint8Array(0);
    return memory.subarray(0, count);
  }
}

/** What was written to a stream of bytes, as bytes: all of an `ArrayBuffer`, or what a view shows. @throws {TypeError} */
export function chunkBytes(chunk: unknown): Uint8Array<ArrayBuffer> {
  if (chunk instanceof Uint8Array) return chunk as Uint8Array<ArrayBuffer>;
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
  }
  if (chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer) return new Uint8Array(chunk as ArrayBuffer);
  throw new TypeError(`A stream of bytes takes a Uint8Array, another view or an ArrayBuffer, not ${kindOf(chunk)}`);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "another object" : `a value of type ${typeof value}`;
}

/**
 * A writable byte stream over a descriptor; the other side sees the end when it is closed or aborted, or a write has failed:
 * of a stream that has an error the standard calls neither `close` nor `abort` any more.
 */
export function writableStream(output: Pick<Output, "write" | "close">): WritableStream<Uint8Array<ArrayBuffer>> {
  return new WritableStream({
    // abort() waits for the write that is under way, which may wait for a reader for ever.
    start: ({ signal }) => signal.addEventListener("abort", () => output.close(signal.reason)),
    write: async (chunk) => {
      try {
        await output.write(chunkBytes(chunk));
      } catch (error) {
        output.close(error);
        throw error;
      }
    },
    close: () => output.close(),
    abort: (reason) => output.close(reason),
  }, { highWaterMark: 1 });
}
