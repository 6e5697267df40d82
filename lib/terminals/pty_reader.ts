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
      options,
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

  /** How many bytes are there now, of which the kernel gives 4 KiB at a time; -1 at the end; undefined where nothing is. */
  #now(target: Uint8Array<ArrayBuffer>): number | undefined {
    const fd = this.#open();
    if (target.length === 0) return 0;
    if (this.ended) return -1;
    for (;;) {
      const count = read(fd, target, target.length);
      if (count > 0) {
        this.count += count;
        return count;
      }
      if (count === -ERRNO.EAGAIN) return undefined;
      // Nobody has the terminal open any more, and all that was written to it has been read.
      if (count === -ERRNO.EIO || count === 0) {
        this.ended = this.#final;
        return -1;
      }
      if (count !== -ERRNO.EINTR) {
        throw syscallError(`read terminal "${this.#path}"`, -count, "read", { path: this.#path });
      }
    }
  }

  #open(): number {
    if (this.#fd.closed) throw new ClosedError("The terminal was closed");
    return this.#fd.number;
  }
}
