/** Showing a person what a program says. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { isReady, POLL_WRITE } from "../../ffi/poll.ts";
import { WRITABLE } from "../../ffi/reactor.ts";
import { write } from "../../ffi/unistd.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { waitUntil } from "../core/readiness.ts";
import { type Borrowed, borrowed, type PersonOutput, type ShownSink } from "./person_target.ts";

/** Where it is shown. */
export interface Screen extends Disposable {
  /** Show all of it; what has begun when that is given up may still be shown, and counts as such. */
  show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void>;
  /** Bytes of what is shown now, or was last, that have gone. */
  readonly shown: number;
}

/** So much a pipe takes at once that is ready to be written: PIPE_BUF. */
const PIECE = 4_096;

/** What is shown next from `at` on: whole characters, as this may be the last for a while. */
function pieceOf(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  let end = at + PIECE;
  while (end < bytes.length && end > at + PIECE - LONGEST_CHARACTER && isInside(bytes[end]!)) end--;
  return bytes.subarray(at, end);
}

const LONGEST_CHARACTER = 4;

/** Whether a byte of UTF-8 begins no character. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** @throws {TypeError} if it is nothing to write to. */
export function screenOf(output: PersonOutput): Screen {
  if (typeof output === "number" || output instanceof Fd) return new DescriptorScreen(borrowed(output, "write"));
  if (output instanceof WritableStream) return new StreamScreen(output);
  if (typeof output?.write === "function") return new SinkScreen(output);
  throw new TypeError("A person looks at a descriptor, something that writes, or a WritableStream");
}

class DescriptorScreen implements Screen {
  readonly #borrowed: Borrowed;
  shown = 0;

  constructor(given: Borrowed) {
    this.#borrowed = given;
  }

  async show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    this.shown = 0;
    await waitUntil(
      this.#borrowed.fd,
      WRITABLE,
      () => {
        while (this.shown < bytes.length) {
          const count = this.#put(pieceOf(bytes, this.shown));
          if (count === undefined) return undefined;
          this.shown += count;
        }
        return true;
      },
      { signal },
    );
  }

  #put(bytes: Uint8Array<ArrayBuffer>): number | undefined {
    const { fd, own } = this.#borrowed;
    if (fd.closed) throw new ClosedError("What the person looks at was closed");
    if (!own && !isReady(fd.number, POLL_WRITE)) return undefined;
    const count = write(fd.number, bytes, bytes.length);
    if (count >= 0) return count;
    if (count === -ERRNO.EAGAIN || count === -ERRNO.EINTR) return undefined;
    throw syscallError("show what was said", -count, "write", { fd: fd.number });
  }

  [Symbol.dispose](): void {
    this.#borrowed[Symbol.dispose]();
  }
}

/** What was begun and given up is finished before anything else is shown there. */
const begun = new WeakMap<ShownSink, Promise<void>>();

class SinkScreen implements Screen {
  readonly #sink: ShownSink;
  shown = 0;

  constructor(sink: ShownSink) {
    this.#sink = sink;
  }

  async show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    this.shown = 0;
    await begun.get(this.#sink)?.catch(() => {});
    while (this.shown < bytes.length) {
      signal.throwIfAborted();
      const putting = this.#put(pieceOf(bytes, this.shown));
      begun.set(this.#sink, putting);
      await putting;
    }
  }

  /** Nobody knows how much of a write that is given up was written: so it goes on. */
  async #put(piece: Uint8Array<ArrayBuffer>): Promise<void> {
    const before = this.shown;
    this.shown += piece.length;
    try {
      for (let at = 0; at < piece.length;) at += await this.#sink.write(piece.subarray(at));
    } catch (error) {
      this.shown = before;
      throw error;
    }
  }

  [Symbol.dispose](): void {}
}

class StreamScreen implements Screen {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  shown = 0;

  constructor(stream: WritableStream<Uint8Array<ArrayBuffer>>) {
    if (stream.locked) throw new TypeError("What the person looks at is locked to a writer");
    this.#writer = stream.getWriter();
  }

  async show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    this.shown = 0;
    signal.throwIfAborted();
    const writing = this.#writer.write(bytes);
    this.shown = bytes.length;
    try {
      await writing;
    } catch (error) {
      this.shown = 0;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#writer.releaseLock();
  }
}
