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

/** The kernel gives 4 KiB at a time at most; where it gives as much as this there is probably more. */
const MUCH = 2_048;

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
  /** The last read had all there was: the next one has to wait first. */
  #drained = false;

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
      if (options === undefined && this.#queue.idle) {
        const waits = this.#drained && target.length > 0;
        let count = waits ? undefined : this.#now(target);
        if (count === undefined && isSoonReady(this.#open(), READABLE)) count = this.#now(target);
        if (count !== undefined) return Promise.resolve(withTurn(count < 0 ? end : count));
      }
      return this.#later(target, end, options ?? {});
    } catch (error) {
      return Promise.reject(error);
    }
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

  /** How many bytes are there now; -1 at the end; undefined where nothing is. */
  #now(target: Uint8Array<ArrayBuffer>): number | undefined {
    const fd = this.#open();
    if (target.length === 0) return 0;
    if (this.ended) return -1;
    const count = this.#once(fd, target);
    if (count === undefined || count < 0) return count;
    let total = count;
    let last = count;
    while (last >= MUCH && total < target.length) {
      // What ends it, or is an error, the next read meets again.
      last = read(fd, target.subarray(total), target.length - total);
      if (last > 0) total += last;
    }
    this.#drained = total < target.length;
    this.count += total;
    return total;
  }

  /** The same of one read(2). */
  #once(fd: number, target: Uint8Array<ArrayBuffer>): number | undefined {
    for (;;) {
      const count = read(fd, target, target.length);
      if (count > 0) return count;
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
