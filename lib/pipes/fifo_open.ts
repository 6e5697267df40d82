/** Reading and writing FIFOs. */
import type { Fd } from "../core/fd.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { Output } from "../core/output.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import { POLLABLE, type PollState, stateOf } from "../core/pollable.ts";
import { waitReadable } from "../core/readiness.ts";
import { type ByteStream, byteStream, writableStream } from "../core/streams.ts";
import { FifoInput, takeUnread } from "./fifo_input.ts";
import { type Access, openAgain, Place } from "./fifo_place.ts";

/** How {@linkcode openFifo} opens a FIFO for reading. */
export interface FifoReadOptions extends WaitOptions {
  /**
   * When the stream ends: when the last of its writers has left, or only when it is closed here. `"closed"` waits for no
   * writer to open, and asks for `write` permission too: the FIFO is held open by a writing end of our own.
   * @default {"writers leave"}
   */
  until?: "writers leave" | "closed";
}

/** How {@linkcode openFifo} opens a FIFO for writing. */
export interface FifoWriteOptions extends WaitOptions {
  /**
   * Do not wait for a reader: without one it fails with `ENXIO`.
   * @default {false}
   */
  nonBlocking?: boolean;
}

/**
 * A FIFO that is open for reading. It is closed by {@linkcode FifoReader.close}, at the end of a `using` block, or when
 * its stream is cancelled; then a writer gets EPIPE.
 *
 * The end of its stream does not close it: what another writer writes from then on waits in the FIFO for
 * {@linkcode FifoReader.next}, and is lost if it is closed instead.
 *
 * @example
 * ```ts
 * import { mkfifo, openFifo, spawn } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/queue`;
 * mkfifo(path);
 * await using writer = spawn(["sh", "-c", 'echo hello > "$0"', path]);
 * using fifo = await openFifo(path, "r", { timeout: 10_000 });
 * console.assert(await new Response(fifo.readable).text() === "hello\n");
 * await writer.status;
 * ```
 */
export class FifoReader implements Disposable {
  readonly #path: string;
  readonly #access: Access;
  #fd: Fd;
  /** What {@linkcode FifoReader.next} waits on. */
  #fresh: Fd | undefined;
  #input: FifoInput;
  #readable: ByteStream;

  /** Made by {@linkcode openFifo}. It owns `fd`. */
  constructor(fd: Fd, path: string, access: "read" | "both") {
    this.#path = path;
    this.#access = access;
    this.#fd = fd;
    this.#input = FifoInput.of(fd);
    this.#readable = byteStream(this.#input);
  }

  /** What is written to the FIFO. After {@linkcode FifoReader.next} it is another stream. */
  get readable(): ByteStream {
    return this.#readable;
  }

  /** The descriptor, closed with this. After {@linkcode FifoReader.next} it is another one. */
  get fd(): Fd {
    return this.#fd;
  }

  /**
   * Wait until the next writer has written something, or has left without. The stream of before is closed; what was left
   * unread in it comes first in the next, also what a read has taken that was abandoned; but where a reader still holds
   * the stream, it is that reader's. Nothing that is written between two streams is lost.
   *
   * @param options When to give up; the wait can be repeated then.
   * @returns The next stream, which is {@linkcode FifoReader.readable} from now on.
   * @throws {ClosedError} if this is closed, now or while it waits.
   * @throws {TypeError} if it is waited for already.
   * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors, `EACCES` if it may not be read any more.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example Text from one writer after another
   * ```ts
   * import { mkfifo, openFifo, spawn } from "@vasty/vasty";
   *
   * const path = `${await Deno.makeTempDir()}/queue`;
   * mkfifo(path);
   * await using writers = spawn(["sh", "-c", 'echo one > "$0"; echo two > "$0"', path]);
   * using fifo = await openFifo(path, "r");
   * let text = await new Response(fifo.readable).text();
   * while (!text.includes("two")) text += await new Response(await fifo.next({ timeout: 10_000 })).text();
   * console.assert(text === "one\ntwo\n");
   * await writers.status;
   * ```
   * @see fifo(7)
   */
  async next(options: WaitOptions = {}): Promise<ByteStream> {
    checkLimit(options);
    if (this.#fresh) throw new TypeError("The next writer is waited for already");
    // Of a description whose writers have left poll(2) always says that there is an end to read. A fresh one has seen none
    // yet; the former stays open until it is there, so that the FIFO is never without a reader.
    const fresh = openAgain(this.#fd, this.#access, `read FIFO ${JSON.stringify(this.#path)}`, this.#path);
    this.#fresh = fresh;
    try {
      await this.#untilNews(fresh, options);
      return await this.#take(fresh);
    } catch (error) {
      fresh.close();
      throw error;
    } finally {
      this.#fresh = undefined;
    }
  }

  /** Until there is something in the FIFO, or has come to the stream where nobody reads it. */
  async #untilNews(fresh: Fd, options: WaitOptions): Promise<void> {
    if (this.#unread) return;
    const taken = new AbortController();
    this.#input.onTaken = () => this.#readable.locked || taken.abort(taken);
    const signals = options.signal ? [options.signal, taken.signal] : [taken.signal];
    try {
      await waitReadable(fresh, { ...options, signal: AbortSignal.any(signals) });
    } catch (reason) {
      if (reason !== taken) throw reason;
    } finally {
      this.#input.onTaken = undefined;
    }
  }

  /** Whether something waits in the stream that no reader holds. */
  get #unread(): boolean {
    if (this.#readable.locked) return false;
    return this.#input.first.length > 0 || (!this.#input.state.ready && stateOf(this.#readable)!.ready);
  }

  async #take(fresh: Fd): Promise<ByteStream> {
    const input = FifoInput.of(fresh);
    const cancelled = this.#fd.closed;
    const { first } = this.#input;
    this.#input.close();
    const unread = this.#readable.locked ? [] : await takeUnread(this.#readable);
    input.first = [...unread, ...first];
    // Cancelled while it was waited for, or closed just now.
    if (cancelled || fresh.closed) input.close();
    [this.#fd, this.#input, this.#readable] = [fresh, input, byteStream(input)];
    return this.#readable;
  }

  /** @ignore */
  [POLLABLE](): PollState {
    return stateOf(this.#readable)!;
  }

  /** Close it; the second time does nothing. Reads that wait reject with a {@linkcode ClosedError}. */
  close(): void {
    this.#fresh?.close();
    this.#input.close();
  }

  /** The same as {@linkcode FifoReader.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * A FIFO that is open for writing. It is closed by {@linkcode FifoWriter.close}, at the end of a `using` block, or with
 * its stream; then its reader sees the end, if there is no other writer.
 *
 * Writes of at most 4096 bytes (PIPE_BUF) are never mixed with those of other writers. When the last reader has left, a
 * write rejects with `EPIPE`; no signal comes.
 *
 * @example
 * ```ts
 * import { mkfifo, openFifo, spawn } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/queue`;
 * mkfifo(path);
 * await using reader = spawn(["cat", path], { stdout: "piped" });
 * using fifo = await openFifo(path, "w", { timeout: 10_000 });
 * await new Blob(["hello\n"]).stream().pipeTo(fifo.writable);
 * console.assert(await new Response(reader.stdout).text() === "hello\n");
 * ```
 */
export class FifoWriter implements Disposable {
  readonly #fd: Fd;
  readonly #output: Output;
  /** Bytes for the FIFO's reader. Closing it, as `pipeTo` does, closes the descriptor after the last of them. */
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;

  /** Made by {@linkcode openFifo}. It owns `fd`. */
  constructor(fd: Fd) {
    this.#fd = fd;
    this.#output = new Output(fd);
    this.writable = writableStream(this.#output);
  }

  /** The descriptor, closed with this. */
  get fd(): Fd {
    return this.#fd;
  }

  /** Close it; the second time does nothing. Writes that wait reject with a {@linkcode ClosedError}. */
  close(): void {
    this.#output.close();
  }

  /** The same as {@linkcode FifoWriter.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Open a FIFO, waiting for its other side: a reader for the first writer, a writer for the first reader. While it waits
 * no thread of Deno's is held, so any number of opens may wait, and the process stays alive. A FIFO that is removed or
 * replaced meanwhile is still the one that is waited for.
 *
 * An open that is given up leaves nothing behind; had the other side just come, it sees an end.
 *
 * @param path The FIFO, or the URL of its file; symbolic links are followed. Needs /proc.
 * @param mode `"r"` to read it, which asks for `read` permission, `"w"` to write it, which asks for `write`.
 * @param options When to give up, and how it ends.
 * @returns The open FIFO, which the caller closes.
 * @throws {TypeError} if the file is no FIFO: it was not opened then, nor changed.
 * @throws {SyscallError} `ENOENT` if there is none, `EACCES` if it may not be opened, `EMFILE` or `ENFILE` if there are too
 * many open descriptors, `EAGAIN` if no thread can be started for the wait, `ENXIO` with `nonBlocking` if nobody reads.
 * @throws {Deno.errors.NotCapable} without the permission for the path.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example Lines from any number of writers, for ever
 * ```ts
 * import { mkfifo, openFifo, readLines, spawn } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/queue`;
 * mkfifo(path);
 * using fifo = await openFifo(path, "r", { until: "closed" });
 * await using writers = spawn(["sh", "-c", 'echo one > "$0"; echo two > "$0"', path]);
 * for await (const line of readLines(fifo.readable)) if (line === "two") break;
 * await writers.status;
 * ```
 * @see open(2), fifo(7)
 */
export function openFifo(path: string | URL, mode: "r", options?: FifoReadOptions): Promise<FifoReader>;
/**
 * Open a FIFO for writing: see the other form.
 *
 * @param path The FIFO, or the URL of its file.
 * @param mode `"w"`.
 * @param options When to give up, and whether to wait for a reader at all.
 * @returns The open FIFO, which the caller closes.
 * @example Tell whether somebody reads
 * ```ts
 * import { mkfifo, openFifo, SyscallError } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/queue`;
 * mkfifo(path);
 * try {
 *   await openFifo(path, "w", { nonBlocking: true });
 * } catch (error) {
 *   console.assert(error instanceof SyscallError && error.code === "ENXIO");
 * }
 * ```
 */
export function openFifo(path: string | URL, mode: "w", options?: FifoWriteOptions): Promise<FifoWriter>;
export async function openFifo(
  path: string | URL,
  mode: "r" | "w",
  options: FifoReadOptions & FifoWriteOptions = {},
): Promise<FifoReader | FifoWriter> {
  const { until = "writers leave", nonBlocking = false } = options;
  if (mode !== "r" && mode !== "w") throw new TypeError(`mode is "r" or "w", not ${JSON.stringify(mode)}`);
  if (until !== "writers leave" && until !== "closed") throw new TypeError(`until cannot be ${JSON.stringify(until)}`);
  if (mode === "r" && nonBlocking) throw new TypeError("nonBlocking is for writing: without a writer there is no end");
  checkLimit(options);
  const name = pathOf(path);
  if (mode === "r") requireFile("read", name);
  if (mode === "w" || until === "closed") requireFile("write", name);
  using place = Place.of(name, `open FIFO ${JSON.stringify(name)}`, "follow links");
  if (mode === "w") return new FifoWriter(nonBlocking ? place.openNow("write") : await place.open("write", options));
  if (until === "closed") return new FifoReader(place.openNow("both"), name, "both");
  return new FifoReader(await place.open("read", options), name, "read");
}
