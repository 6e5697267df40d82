/** Fresh content for each reader of a FIFO. */
import { ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { Limit } from "../core/limit.ts";
import { Output } from "../core/output.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import { checkMode, type FifoOptions } from "./fifo.ts";
import { letGo, ServedPath } from "./fifo_served_path.ts";

/** So many readers may wait for their content; more wait until one of these has it. */
const MOST = 256;

/** How {@linkcode serveFifo} serves. */
export interface ServeFifoOptions extends FifoOptions {
  /** Stops it, as {@linkcode FifoServer.stop} does: that is its ordinary end, no error. */
  signal?: AbortSignal;
  /**
   * Milliseconds from one content to the next; `Infinity`: there is no next. A reader that comes earlier waits.
   * @default {0}
   */
  pause?: number;
}

/** What one reader gets. */
export type FifoContent = string | Uint8Array<ArrayBuffer>;

/**
 * Serve a FIFO: each reader gets what a call of `content` gives then, and the end after it.
 *
 * If there is no FIFO at `path` one is made; one that is there is taken over. It is made anew if somebody removes or
 * moves it, and removed at the end. A file of another kind is never touched: the server does not begin, or ends.
 *
 * Each reader gets a FIFO of its own: as soon as one has come, a fresh one takes its place (under a name of its own for
 * an instant, so the folder must be writable), and no reader gets the content of another, however slowly it reads. Only
 * those that open at the same instant, before that, share what one would get. A reader that leaves early is no error.
 *
 * @param path Where; the URL of a file is taken as well. Asks for `write` permission.
 * @param content Called for one reader at a time, in the order in which they came. If it throws, the server ends.
 * @param options Mode, pause, and what stops it.
 * @returns The server, which the caller stops; until then it keeps the process alive. The FIFO is there already.
 * @throws {SyscallError} `EEXIST` if there is a file of another kind, a link included; `ENOENT`, `EACCES` and the others
 * of `mkfifo`.
 * @throws {RangeError} if `pause` is negative, or the mode wrong.
 * @throws {Deno.errors.NotCapable} without `write` permission for the path.
 * @throws the signal's reason if it is aborted already.
 * @example
 * ```ts
 * import { capture, serveFifo } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/now`;
 * await using server = serveFifo(path, () => `${new Date()}\n`);
 * const { stdout } = await capture(["cat", path]);
 * console.assert(stdout.length > 20);
 * await server.stop();
 * ```
 * @see fifo(7), inotify(7)
 */
export function serveFifo(
  path: string | URL,
  content: () => FifoContent | Promise<FifoContent>,
  options: ServeFifoOptions = {},
): FifoServer {
  const { signal, pause = 0 } = options;
  const name = pathOf(path);
  const mode = checkMode(options);
  if (!(pause >= 0)) throw new RangeError(`pause must be a number of milliseconds from 0 on: ${pause}`);
  signal?.throwIfAborted();
  requireFile("write", name);
  return new FifoServer(new ServedPath(name, mode), content, pause, signal);
}

/**
 * A FIFO that is being served; made by {@linkcode serveFifo}. Stopped by {@linkcode FifoServer.stop}, its signal, or at
 * the end of an `await using` block.
 *
 * @example
 * ```ts
 * import { isFifo, serveFifo } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/motto`;
 * {
 *   await using _server = serveFifo(path, () => "Speak, friend, and enter.\n");
 *   console.assert(isFifo(path));
 * }
 * console.assert(!isFifo(path));
 * ```
 */
export class FifoServer implements AsyncDisposable {
  readonly #path: ServedPath;
  readonly #content: () => FifoContent | Promise<FifoContent>;
  readonly #pause: number;
  readonly #over = new AbortController();
  /** Why what was under way has ended. Not the module's: the first error of a program costs it 4 ms. */
  readonly #stopped = new ClosedError("The FIFO server was stopped");
  readonly #answers = new Set<Promise<void>>();
  /** The last content that was asked for, and the pause after it. */
  #turn: Promise<void> = Promise.resolve();
  #failure: { reason: unknown } | undefined;
  /**
   * Resolves when the server was stopped: no reader is served any more, and the FIFO is gone. Rejects with what `content`
   * threw, or with a {@linkcode SyscallError}: `EEXIST` where a file of another kind has taken the FIFO's place, `EMFILE`
   * if there are too many open descriptors, the errors of `mkfifo` where the FIFO cannot be made anew.
   */
  readonly finished: Promise<void>;

  /** Made by {@linkcode serveFifo}. */
  constructor(
    path: ServedPath,
    content: () => FifoContent | Promise<FifoContent>,
    pause: number,
    signal: AbortSignal | undefined,
  ) {
    this.#path = path;
    this.#content = content;
    this.#pause = pause;
    const stop = () => this.#over.abort(this.#stopped);
    signal?.addEventListener("abort", stop);
    this.finished = this.#serve().finally(() => signal?.removeEventListener("abort", stop));
  }

  /** The path of the FIFO. */
  get path(): string {
    return this.#path.name;
  }

  async #serve(): Promise<void> {
    const { signal } = this.#over;
    try {
      while (!signal.aborted) {
        const reader = await this.#path.accept(signal);
        if (reader) this.#begin(reader);
        if (this.#answers.size >= MOST) await Promise.race(this.#answers);
      }
    } catch (error) {
      this.#end(error);
    }
    await Promise.all(this.#answers);
    this.#path.leave();
    if (this.#failure) throw this.#failure.reason;
  }

  #begin(reader: Fd): void {
    using unanswered = new DisposableStack();
    unanswered.use(reader);
    const former = this.#path.renew();
    unanswered.move();
    const answer = this.#answer(new Output(reader)).catch((error) => this.#end(error)).finally(() => {
      if (former) letGo(former);
      this.#answers.delete(answer);
    });
    this.#answers.add(answer);
  }

  /** Write its content to one reader. */
  async #answer(output: Output): Promise<void> {
    const { signal } = this.#over;
    const stop = () => output.close(signal.reason);
    signal.addEventListener("abort", stop);
    try {
      await output.write(await this.#next());
    } catch (error) {
      // The reader has left: it did not want the rest.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      output.close();
    }
  }

  /** The next content, a pause after the one before. */
  #next(): Promise<Uint8Array<ArrayBuffer>> {
    const next = this.#turn.then(() => this.#unlessOver(Promise.try(this.#content)));
    this.#turn = next.then(() => this.#rest());
    this.#turn.catch(() => {});
    return next.then((content) => typeof content === "string" ? new TextEncoder().encode(content) : content);
  }

  async #rest(): Promise<void> {
    if (this.#pause === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    using _limit = new Limit({ timeout: this.#pause }, () => resolve());
    await this.#unlessOver(promise);
  }

  /** `promise`, or the reason of the end if that comes first. */
  async #unlessOver<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this.#over;
    const { promise: over, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      return await Promise.race([promise, over]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Nothing more is begun; `reason` is a failure unless it is that of the end itself. */
  #end(reason: unknown): void {
    if (reason === this.#stopped) return;
    this.#failure ??= { reason };
    this.#over.abort(this.#stopped);
  }

  /**
   * Stop serving: whoever waits for content sees the end, and the FIFO is removed if it is still this server's. The
   * second time does nothing more.
   *
   * @returns The same as {@linkcode FifoServer.finished}.
   */
  stop(): Promise<void> {
    this.#over.abort(this.#stopped);
    return this.finished;
  }

  /** Stop, and wait for the end. A failure is told by {@linkcode FifoServer.finished} alone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => {});
  }
}
