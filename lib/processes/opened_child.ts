/** What Perl's opens of commands have in common: how they are written to and closed. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { goRound } from "../../ffi/reactor.ts";
import { syscallError } from "../core/errors.ts";
import type { SignalName } from "../core/signal_names.ts";
import type { ByteStream } from "../core/streams.ts";
import { type Child, outputsOf } from "./child.ts";
import { ExitError } from "./exit_error.ts";
import type { ExitStatus } from "./exit_status.ts";
import type { SpawnOptions } from "./options.ts";

/** How an open of a command starts it, and what its `close` does. */
export interface OpenOptions extends Omit<SpawnOptions, "stdin" | "stdout" | "stderr"> {
  /** Whether `close` throws an `ExitError` where the command ended without success. @default {true} */
  check?: boolean;
}

type Writer = WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

/** Turns of the microtask queue in which a write that need not wait is done, and the next one with it. */
const TURNS = 32;

/**
 * A command that was opened, with pipes to or from it. It is reaped when it ends, and until then keeps this program
 * alive. At the end of an `await using` block the pipes are closed, and it is terminated if it still runs.
 */
export class OpenedChild implements AsyncDisposable {
  /** Its process id. */
  readonly pid: number;
  readonly #child: Child;
  readonly #check: boolean;
  readonly #writer: Writer | undefined;
  #writable: WritableStream<Uint8Array<ArrayBuffer>> | undefined;
  #closing: Promise<ExitStatus> | undefined;
  /** Chunks that the stream `input` holds; as soon as it holds none, `#passedOn` is told. */
  #held = 0;
  #passedOn: (() => void) | undefined;
  /** Writes that are done. */
  #written = 0;

  /** @ignore */
  constructor(child: Child, written: boolean, { check = true }: OpenOptions) {
    this.#child = child;
    this.pid = child.pid;
    this.#check = check;
    if (written) this.#writer = child.stdin.getWriter();
  }

  /** How it ended, as soon as it has, whatever was closed. Rejects with the reason of `signal` or `timeout`. */
  get status(): Promise<ExitStatus> {
    return this.#child.status;
  }

  /**
   * Send it a signal.
   *
   * @param signal Its name, long or short. @default {"SIGTERM"}
   * @returns Whether it was still there; a signal never reaches another process that got its number.
   * @throws {TypeError} if there is no such signal.
   * @throws {SyscallError} `EPERM` if it has become another user.
   * @see pidfd_send_signal(2)
   */
  kill(signal: SignalName = "SIGTERM"): boolean {
    return this.#child.kill(signal);
  }

  /**
   * Close our ends of its pipes, wait for this command alone, and tell how it ended: Perl's `close`. What was written goes
   * out first, also by a stream that somebody holds a writer of; what it still writes is not read: SIGPIPE that ends it
   * for that reason is no failure. The second time it gives the same answer.
   *
   * Once it has ended nothing more is waited for: what it left in its input for a child of its own to read goes out only
   * as far as the pipe takes it at once, and the rest is a broken pipe.
   *
   * A command that goes on without its pipes is waited for as long as it runs. Rejects with the reason of `signal` or
   * `timeout` if that ended it.
   *
   * @returns How it ended.
   * @throws {ExitError} if it ended otherwise than with exit code 0, unless `check` is false. Where it also left
   * unread what was written, that error is the `cause`.
   * @throws {SyscallError} `EPIPE` if it left unread what was written, and its end is no error; see `status` for that.
   */
  close(): Promise<ExitStatus> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<ExitStatus> {
    const { stdout, stderr } = outputsOf(this.#child);
    // First, so that a command which waits for us to read goes on, to its end or to reading what we have written.
    stdout?.close();
    stderr?.close();
    const broken = await this.#finishWriting();
    const status = await this.#child.status;
    const unread = status.signal === "SIGPIPE" && (stdout ?? stderr) !== undefined;
    if (this.#check && !status.success && !unread) {
      throw Object.assign(new ExitError(this.#child.command, status), broken && { cause: broken.reason });
    }
    if (broken) throw broken.reason;
    return status;
  }

  /** Close its standard input; the first failure of a write, if there was one. */
  async #finishWriting(): Promise<{ reason: unknown } | undefined> {
    const writer = this.#writer;
    if (writer === undefined) return undefined;
    const end = writer.closed.then(() => undefined, (reason) => ({ reason }));
    this.#breakPipe();
    if (this.#held > 0) await Promise.race([new Promise<void>((resolve) => this.#passedOn = resolve), end]);
    // Closing what is broken or closed already is refused; `closed` knows which it is.
    await writer.close().catch(() => {});
    return await end;
  }

  /** Once it has ended: others may have the other end of the pipe as well, and never read. */
  async #breakPipe(): Promise<void> {
    await this.#child.status.catch(() => {});
    for (let before = -1; before < this.#written;) {
      before = this.#written;
      // One that did not have to wait may be waiting for the event loop's turn.
      await goRound();
      for (let turn = 0; turn < TURNS; turn++) await null;
    }
    // Nothing happens to what is closed.
    outputsOf(this.#child).stdin?.close(syscallError("write to a command that has ended", ERRNO.EPIPE, "write"));
  }

  /** Write to its standard input. A failure is told here and again by `close`, so nobody needs to wait for this. */
  protected send(data: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const written = this.#pipe.write(typeof data === "string" ? new TextEncoder().encode(data) : data);
    written.then(() => this.#written++, () => {});
    return written;
  }

  get #pipe(): Writer {
    if (this.#writer === undefined) throw new TypeError("Its standard input is no pipe");
    return this.#writer;
  }

  /** Its standard input as a stream of its own, so that `close` is not shut out by whoever holds a writer of it. */
  protected get input(): WritableStream<Uint8Array<ArrayBuffer>> {
    const writer = this.#pipe;
    return this.#writable ??= new WritableStream({
      start: ({ signal }) => signal.addEventListener("abort", () => void writer.abort(signal.reason)),
      write: (bytes) => this.#passOn(bytes),
      close: () => writer.close(),
      abort: (reason) => writer.abort(reason),
    }, {
      // Asked at every write, before the stream has done anything else: `write` above comes later.
      size: () => {
        this.#held++;
        return 1;
      },
    });
  }

  #passOn(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const written = this.send(bytes);
    if (--this.#held === 0) this.#passedOn?.();
    return written;
  }

  /** Its standard output. */
  protected get output(): ByteStream {
    return this.#child.stdout;
  }

  /** Its standard error output. */
  protected get errors(): ByteStream {
    return this.#child.stderr;
  }

  /** Close the pipes, terminate it if it still runs, and wait until it is reaped. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}
