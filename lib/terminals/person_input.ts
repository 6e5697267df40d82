/** Reading what a person types, for as long as an interaction lasts, and no key more. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { isReady, POLL_READ } from "../../ffi/poll.ts";
import { READABLE } from "../../ffi/reactor.ts";
import { read } from "../../ffi/unistd.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { waitUntil } from "../core/readiness.ts";
import { type Borrowed, borrowed, type PersonInput, type TypedSource } from "./person_target.ts";

/** Where keys come from. */
export interface KeyReader extends Disposable {
  /** What was typed; null at the end. An abort of `signal` takes nothing. */
  read(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** As much as a terminal gives at once. */
const CHUNK = 4_096;

/** @throws {TypeError} if it is nothing to read from. */
export function keyReader(input: PersonInput): KeyReader {
  if (typeof input === "number" || input instanceof Fd) return new DescriptorKeys(borrowed(input, "read"));
  if (input instanceof ReadableStream) return new StreamKeys(input);
  if (typeof input?.read === "function") return new SourceKeys(input);
  throw new TypeError("A person types at a descriptor, something that reads, or a ReadableStream");
}

class DescriptorKeys implements KeyReader {
  readonly #borrowed: Borrowed;
  readonly #chunk = new Uint8Array(CHUNK);

  constructor(given: Borrowed) {
    this.#borrowed = given;
  }

  async read(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
    const count = await waitUntil(this.#borrowed.fd, READABLE, () => this.#now(), { signal });
    return count === 0 ? null : this.#chunk.slice(0, count);
  }

  #now(): number | undefined {
    const { fd, own } = this.#borrowed;
    if (fd.closed) throw new ClosedError("What the person types at was closed");
    // A read that might block waits until it cannot.
    if (!own && !isReady(fd.number, POLL_READ)) return undefined;
    const count = read(fd.number, this.#chunk, CHUNK);
    if (count >= 0) return count;
    if (count === -ERRNO.EAGAIN || count === -ERRNO.EINTR) return undefined;
    // A terminal that was hung up.
    if (count === -ERRNO.EIO) return 0;
    throw syscallError("read what is typed", -count, "read", { fd: fd.number });
  }

  [Symbol.dispose](): void {
    this.#borrowed[Symbol.dispose]();
  }
}

class SourceKeys implements KeyReader {
  readonly #source: TypedSource;
  readonly #chunk = new Uint8Array(CHUNK);

  constructor(source: TypedSource) {
    this.#source = source;
  }

  async read(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
    const count = await this.#source.read(this.#chunk, { signal });
    return count === null ? null : this.#chunk.slice(0, count);
  }

  [Symbol.dispose](): void {}
}

/** What a read that is given up would have brought stays in the stream. */
class StreamKeys implements KeyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    if (stream.locked) throw new TypeError("What the person types at is locked to a reader");
    this.#reader = stream.getReader();
  }

  async read(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
    signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    const aborted = () => reject(signal.reason);
    signal.addEventListener("abort", aborted);
    try {
      const { done, value } = await Promise.race([this.#reader.read(), promise]);
      return done ? null : value;
    } finally {
      signal.removeEventListener("abort", aborted);
    }
  }

  [Symbol.dispose](): void {
    this.#reader.releaseLock();
  }
}
