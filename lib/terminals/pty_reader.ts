/** What is written to a pseudo-terminal: reading its master. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { isSoonReady, READABLE, withTurn } from "../../ffi/reactor.ts";
import { read } from "../../ffi/unistd.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import type { Holding } from "../core/holding.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { waitUntil } from "../core/readiness.ts";
import { TurnQueue } from "../core/turn_queue.ts";

/** Bytes that the kernel gives at most at a time; behind so many there are more. */
const PIECE = 4_095;
/**
 * Bytes that are put together: what is done for each read can cost as much as a piece does. There is an end to it, so that the
 * loop has its turn.
 */
const MOST = 256 * 1024;

/** The output side of a terminal. Calls have their turn, in their order. */
export class PtyReader {
  readonly #fd: Fd;
  readonly #path: string;
  readonly #holding: Holding;
  readonly #final: boolean;
  readonly #queue: TurnQueue;
  /** Whether the end was read, and it is final. */
  ended = false;
  /** Bytes that were read. */
  count = 0;

  /** `final`: what has ended once has ended. */
  constructor(fd: Fd, path: string, holding: Holding, final: boolean) {
    this.#fd = fd;
    this.#path = path;
    this.#holding = holding;
    this.#final = final;
    this.#queue = new TurnQueue(holding);
  }

  /** Read into `target`: how many bytes, or `end`. */
  read<E>(target: Uint8Array<ArrayBuffer>, end: E, options?: WaitOptions): Promise<number | E> {
    if (!(target instanceof Uint8Array)) return Promise.reject(new TypeError("Reading takes a Uint8Array"));
    try {
      const count = options === undefined ? this.soon(target, end) : undefined;
      if (count !== undefined) return Promise.resolve(withTurn(count));
      return this.#later(target, end, options ?? {});
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The same if it comes within a moment; nothing if it does not, or is not this call's turn. */
  soon<E>(target: Uint8Array<ArrayBuffer>, end: E): number | E | undefined {
    if (!this.#queue.idle || !this.#comesSoon(target)) return undefined;
    const count = this.#now(target);
    return count !== undefined && count < 0 ? end : count;
  }

  async #later<E>(target: Uint8Array<ArrayBuffer>, end: E, options: WaitOptions): Promise<number | E> {
    checkLimit(options);
    this.#open();
    const attempt = () => this.#now(target);
    const count = await this.#queue.run(
      (rest) => waitUntil(this.#fd, READABLE, attempt, rest, this.#holding),
      { ...options, what: () => this.#doing },
    );
    return count < 0 ? end : count;
  }

  /**
   * Whether reading does not wait, as far as that is known in a moment. A read(2) that has nothing to give waits itself, for
   * the kernel's thread that carries what is written, and keeps that thread's processor from it.
   */
  #comesSoon(target: Uint8Array): boolean {
    return this.ended || target.length === 0 || isSoonReady(this.#open(), READABLE);
  }

  /** How many bytes are there now; -1 at the end; undefined where nothing is. */
  #now(target: Uint8Array<ArrayBuffer>): number | undefined {
    const fd = this.#open();
    if (target.length === 0) return 0;
    if (this.ended) return -1;
    const count = readSome(fd, target);
    if (count === -ERRNO.EAGAIN) return undefined;
    if (count > 0) return this.#counted(readVolume(fd, target, count));
    // Nobody has the terminal open any more, and all that was written to it has been read.
    if (count === -ERRNO.EIO || count === 0) {
      this.ended = this.#final;
      return -1;
    }
    throw syscallError(this.#doing, -count, "read", { path: this.#path });
  }

  get #doing(): string {
    return `read terminal "${this.#path}"`;
  }

  #counted(count: number): number {
    this.count += count;
    return count;
  }

  #open(): number {
    if (this.#fd.closed) throw new ClosedError("The terminal was closed");
    return this.#fd.number;
  }
}

/** Read what is there: how many bytes, or -errno. */
function readSome(fd: number, target: Uint8Array<ArrayBuffer>): number {
  for (;;) {
    const count = read(fd, target, target.length);
    if (count !== -ERRNO.EINTR) return count;
  }
}

/** Behind a whole piece of `count` bytes those that come at once. What has ended them the next read tells. */
function readVolume(fd: number, target: Uint8Array<ArrayBuffer>, count: number): number {
  const end = Math.min(target.length, MOST);
  for (let last = count; last >= PIECE && count < end;) {
    last = readSome(fd, target.subarray(count, end));
    if (last > 0) count += last;
  }
  return count;
}
