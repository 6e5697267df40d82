/** Where the bytes of a dialog come from. */
import type { ReadWriteTarget } from "./dialog_target.ts";
import { Pty, readSoon } from "./pty.ts";

/** What can be read. */
export interface DialogSource {
  /** What has come, waiting for at least a byte: how many bytes; `null` at the end. */
  read(target: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** The same where that is there, or comes within a moment; nothing if it has to be waited for. */
  soon?(target: Uint8Array<ArrayBuffer>): number | null | undefined;
  /** Nothing is read any more. */
  close(): Promise<void>;
}

export function targetSource(target: Pick<ReadWriteTarget, "read">): DialogSource {
  return {
    read: (into) => target.read(into),
    soon: target instanceof Pty && target.read === Pty.prototype.read ? (into) => readSoon(target, into) : undefined,
    close: () => Promise.resolve(),
  };
}

/** The library's own streams, which read into memory without a chunk between. */
interface ReadsInto extends ReadableStream<Uint8Array<ArrayBuffer>> {
  readInto(target: Uint8Array<ArrayBuffer>): Promise<number | null>;
}

export function streamSource(stream: ReadableStream<Uint8Array<ArrayBuffer>>): DialogSource {
  return "readInto" in stream ? new ByteStreamSource(stream as ReadsInto) : new StreamSource(stream);
}

class ByteStreamSource implements DialogSource {
  readonly #stream: ReadsInto;

  constructor(stream: ReadsInto) {
    if (stream.locked) throw new TypeError("What a dialog reads is locked to a reader");
    this.#stream = stream;
  }

  read(target: Uint8Array<ArrayBuffer>): Promise<number | null> {
    return this.#stream.readInto(target);
  }

  close(): Promise<void> {
    return this.#stream.cancel();
  }
}

class StreamSource implements DialogSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  /** What is left of a chunk. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.getReader();
  }

  async read(target: Uint8Array<ArrayBuffer>): Promise<number | null> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return null;
      if (!(value instanceof Uint8Array)) throw new TypeError("What a dialog reads are chunks of bytes, as Uint8Array");
      this.#rest = value;
    }
    const count = Math.min(target.length, this.#rest.length);
    target.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}
