/** A pseudo-terminal that is read and written. */
import type { WaitOptions } from "../core/limit.ts";
import { POLLABLE, type PollState } from "../core/pollable.ts";
import { type ByteStream, byteStream } from "../core/streams.ts";
import { holdingOf, PtyBase, type PtyOptions } from "./pty_base.ts";
import { PtyReader } from "./pty_reader.ts";
import { typedStream } from "./pty_streams.ts";
import { PtyWriter } from "./pty_writer.ts";

/** Read what a terminal has, or gives within a moment: how many bytes, `null` at the end; nothing if that takes longer. */
export let readSoon: (pty: Pty, target: Uint8Array<ArrayBuffer>) => number | null | undefined;

/**
 * Type bytes into a terminal: nothing if all have gone at once, as they mostly do, or else when they will have. Of those that
 * have to wait it takes a copy.
 */
export let typeInto: (pty: Pty, bytes: Uint8Array<ArrayBuffer>) => Promise<number> | undefined;

/**
 * A pseudo-terminal: this program is the person before it, who types and looks on; programs that are given its slave have a
 * terminal. It takes one descriptor, and no thread.
 *
 * What waits keeps the program alive meanwhile, unless `unref()` was called. It is closed by `close()` or at the end of a
 * `using` block.
 *
 * @example
 * ```ts
 * import { openPty, spawn } from "@vasty/vasty";
 *
 * await using pty = openPty({ rows: 40, cols: 132 });
 * const { slave } = pty;
 * await using child = spawn(["stty", "size"], { stdin: slave, stdout: slave, session: true, controllingTerminal: 0 });
 * pty.closeSlave();
 * console.assert((await child.status).success);
 * console.assert(await new Response(pty.readable).text() === "40 132\r\n");
 * ```
 * @see pty(7)
 */
export class Pty extends PtyBase implements Disposable, AsyncDisposable {
  readonly #reader: PtyReader;
  readonly #writer: PtyWriter;
  #readable: ByteStream | undefined;
  #writable: WritableStream<Uint8Array<ArrayBuffer>> | undefined;

  static {
    readSoon = (pty, target) => pty.#reader.soon(target, null);
    typeInto = (pty, bytes) => pty.#writer.begin(bytes);
  }

  /** @ignore */
  constructor(options: PtyOptions = {}, final = false) {
    super(options);
    const holding = holdingOf(this);
    this.#reader = new PtyReader(this.master, this.path, holding, final);
    this.#writer = new PtyWriter(this.master, this.path, holding);
  }

  /** How many bytes were read of it. */
  get bytesRead(): number {
    return this.#reader.count;
  }

  /** How many bytes were typed into it: taken by the kernel, which keeps them until a program reads them. */
  get bytesWritten(): number {
    return this.#writer.written;
  }

  /**
   * Read what was written to the terminal, waiting for at least a byte. All of it comes before the end does, however long ago
   * its writers have ended. Calls have their turn, in their order.
   *
   * @param target Where to; it must not be transferred before the promise has settled. The kernel gives 4 KiB at a time; a
   *   larger one takes as many of them as come at once, up to 256 KiB.
   * @param options When to give up; then nothing was taken.
   * @returns How many bytes; `null` at the end: no program has the terminal open any more. That end is final where a child
   *   was started with the terminal; otherwise more may come once the slave is opened again.
   * @throws {TypeError} if `target` is no Uint8Array.
   * @throws {RangeError} if `timeout` is none.
   * @throws {ClosedError} if the terminal was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see pty(7)
   */
  read(target: Uint8Array<ArrayBuffer>, options?: WaitOptions): Promise<number | null> {
    return this.#reader.read(target, null, options);
  }

  /**
   * Type bytes, all of them. Calls have their turn, in their order; while programs do not read, a write waits once the kernel
   * has some 64 KiB, and blocks nothing else. `"\x03"` is ^C, and so on.
   *
   * Where the terminal collects lines, a line of more than 4095 bytes is refused before anything of the call is typed, as the
   * kernel would cut it without a word. Lines that several calls make up count whole; so do characters that
   * were erased. It goes by how the terminal is set at the time of the call.
   *
   * A write that was given up has typed what {@linkcode Pty.bytesWritten} has grown by, and forgets the rest.
   *
   * @param bytes What to type; it must not change before the promise has settled.
   * @param options When to give up.
   * @returns How many bytes there were.
   * @throws {RangeError} if a line is too long, or `timeout` is none.
   * @throws {SyscallError} `EIO` if no program has the terminal open any more. What is typed before one has opened it waits.
   * @throws {TypeError} if it is no Uint8Array.
   * @throws {ClosedError} if the terminal was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see termios(3), "Canonical and noncanonical mode"
   */
  write(bytes: Uint8Array<ArrayBuffer>, options?: WaitOptions): Promise<number> {
    return this.#writer.write(bytes, options);
  }

  /**
   * Type the character that ends the input (VEOF, usually ^D). It is typed twice within a line, where the first one only hands
   * over what there is of it. The terminal stays as it is: a program that reads on gets what is typed afterwards.
   *
   * @param options When to give up.
   * @throws {TypeError} if the terminal has no such character.
   * @throws as {@linkcode Pty.write} does.
   */
  sendEof(options: WaitOptions = {}): Promise<void> {
    return this.#writer.end(options);
  }

  /** What {@linkcode Pty.read} gives, as a stream. Cancelling it closes the terminal. */
  get readable(): ByteStream {
    return this.#readable ??= byteStream(this.#source());
  }

  #source(): Parameters<typeof byteStream>[0] {
    const state = () => this.#state();
    return {
      read: (target) => this.#reader.read(target, 0),
      close: () => this.close(),
      get state() {
        return state();
      },
    };
  }

  /**
   * What {@linkcode Pty.write} takes, as a stream. Closing it types the end of the input where the terminal collects lines, and
   * does nothing else; aborting it forgets what waits.
   */
  get writable(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.#writable ??= typedStream(this.#writer);
  }

  #state(): PollState {
    if (this.closed || this.#reader.ended) return { fd: -1, ready: true };
    return { fd: this.master.number, ready: false };
  }

  /** @ignore */
  [POLLABLE](): PollState {
    return this.#readable === undefined ? this.#state() : stateWith(this.#readable, this.#state());
  }

  /** The same as `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** What waits in the stream counts. */
function stateWith(stream: ByteStream, own: PollState): PollState {
  const { ready } = (stream as ByteStream & { [POLLABLE](): PollState })[POLLABLE]();
  return { ...own, ready: own.ready || ready };
}
