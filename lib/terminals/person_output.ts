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
  /** Show all of it. */
  show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void>;
}

/** So much a pipe takes at once that is ready to be written: PIPE_BUF. */
const PIECE = 4_096;

/** @throws {TypeError} if it is nothing to write to. */
export function screenOf(output: PersonOutput): Screen {
  if (typeof output === "number" || output instanceof Fd) return new DescriptorScreen(borrowed(output, "write"));
  if (output instanceof WritableStream) return new StreamScreen(output);
  if (typeof output?.write === "function") return new SinkScreen(output);
  throw new TypeError("A person looks at a descriptor, something that writes, or a WritableStream");
}

class DescriptorScreen implements Screen {
  readonly #borrowed: Borrowed;

  constructor(given: Borrowed) {
    this.#borrowed = given;
  }

  async show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    let sent = 0;
    await waitUntil(
      this.#borrowed.fd,
      WRITABLE,
      () => {
        while (sent < bytes.length) {
          const count = this.#put(bytes.subarray(sent, sent + PIECE));
          if (count === undefined) return undefined;
          sent += count;
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

class SinkScreen implements Screen {
  readonly #sink: ShownSink;

  constructor(sink: ShownSink) {
    this.#sink = sink;
  }

  async show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#sink.write(bytes.subarray(at), { signal });
  }

  [Symbol.dispose](): void {}
}

class StreamScreen implements Screen {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(stream: WritableStream<Uint8Array<ArrayBuffer>>) {
    if (stream.locked) throw new TypeError("What the person looks at is locked to a writer");
    this.#writer = stream.getWriter();
  }

  async show(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#writer.write(bytes);
  }

  [Symbol.dispose](): void {
    this.#writer.releaseLock();
  }
}
