/**
 * Messages on a stream: the length of the value's bytes, the number of descriptors, a mark, then the bytes. Descriptors
 * ride on the first byte of the message that they belong to.
 */
import type { Received } from "../../ffi/rights.ts";
import { Fd } from "../core/fd.ts";

/** Bytes ahead of every value. */
export const HEADER = 8;
/** The end of every header, "va": what another kind of program sends is not mistaken for a length. */
const MARK = 0x6176;
/** What one read brings at most, unless a message is longer. */
const CHUNK = 64 * 1024;

/** A message that is complete. */
export interface Frame {
  bytes: Uint8Array<ArrayBuffer>;
  fds: Fd[];
  /** Whether descriptors are missing, because this process had too many. */
  truncated: boolean;
}

/** Complete the header at the beginning of `frame`. */
export function putHeader(frame: Uint8Array<ArrayBuffer>, fds: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, HEADER);
  view.setUint32(0, frame.byteLength - HEADER, true);
  view.setUint16(4, fds, true);
  view.setUint16(6, MARK, true);
}

/** Cuts what comes into messages: read into {@linkcode target}, tell {@linkcode took}, take with {@linkcode next}. */
export class Frames implements Disposable {
  readonly #longest: number;
  readonly #chunk = new Uint8Array(CHUNK);
  /** Bytes at the beginning of the chunk that are no whole header yet. */
  #partial = 0;
  /** The message that has begun, and how many of its bytes are there. */
  #frame: Frame | undefined;
  #at = 0;
  readonly #complete: Frame[] = [];
  /** Descriptors whose header is still to be read. */
  readonly #rights: { fds: Fd[]; truncated: boolean }[] = [];

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Where the next bytes belong: a long message is read to its place, which no read can pass. */
  get target(): Uint8Array<ArrayBuffer> {
    const frame = this.#frame;
    if (frame !== undefined && frame.bytes.length - this.#at >= CHUNK) return frame.bytes.subarray(this.#at);
    return this.#chunk.subarray(this.#partial);
  }

  /** The next message. */
  next(): Frame | undefined {
    return this.#complete.shift();
  }

  /** How much of a message is there that is not complete, if any. */
  get unfinished(): string | undefined {
    if (this.#frame !== undefined) return `${this.#at} of ${this.#frame.bytes.length} bytes`;
    return this.#partial > 0 ? `${this.#partial} bytes of a header` : undefined;
  }

  /**
   * {@linkcode target} has got `count` bytes and these descriptors.
   *
   * @throws {RangeError} if a message is too long.
   * @throws {Deno.errors.InvalidData} if they are no messages.
   */
  took({ count, fds, truncated }: Received): void {
    if (fds.length > 0 || truncated) this.#rights.push({ fds: fds.map(Fd.adopt), truncated });
    if (this.#frame !== undefined && this.#frame.bytes.length - this.#at >= CHUNK) this.#grow(count);
    else this.#cut(this.#chunk.subarray(0, this.#partial + count));
    // They came with the first byte of a header, and that is the last one here.
    if (this.#rights.length > (this.#partial > 0 ? 1 : 0)) throw foreign("descriptors without a message");
  }

  #cut(bytes: Uint8Array<ArrayBuffer>): void {
    let from = 0;
    while (from < bytes.length) {
      if (this.#frame === undefined) {
        if (bytes.length - from < HEADER) break;
        this.#begin(new DataView(bytes.buffer, from, HEADER));
        from += HEADER;
      }
      const part = bytes.subarray(from, from + this.#frame!.bytes.length - this.#at);
      this.#frame!.bytes.set(part, this.#at);
      from += part.length;
      this.#grow(part.length);
    }
    this.#chunk.copyWithin(0, from, bytes.length);
    this.#partial = bytes.length - from;
  }

  #begin(header: DataView): void {
    const length = header.getUint32(0, true);
    const count = header.getUint16(4, true);
    if (header.getUint16(6, true) !== MARK || length === 0) throw foreign("bytes of another kind");
    if (length > this.#longest) {
      throw new RangeError(`A message of ${length} bytes came, and maxLength is ${this.#longest}`);
    }
    const { fds, truncated } = count > 0 && this.#rights.shift() || { fds: [], truncated: false };
    this.#frame = { bytes: new Uint8Array(length), fds, truncated };
    this.#at = 0;
    if (fds.length > count || fds.length < count && !truncated) throw foreign(`${fds.length} of ${count} descriptors`);
  }

  #grow(count: number): void {
    this.#at += count;
    if (this.#at < this.#frame!.bytes.length) return;
    this.#complete.push(this.#frame!);
    this.#frame = undefined;
  }

  /** Close the descriptors that nobody has taken. */
  [Symbol.dispose](): void {
    const pending = [...this.#complete.splice(0), ...this.#rights.splice(0), this.#frame ?? { fds: [] }];
    for (const { fds } of pending) for (const fd of fds) fd.close();
    this.#frame = undefined;
  }
}

function foreign(what: string): Error {
  return new Deno.errors.InvalidData(`What came is not from openMessages(): ${what}`);
}
