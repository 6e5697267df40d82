/**
 * Whether Deno's event loop has its turn. What need not wait goes on in microtasks, and so does who then asks for more: with
 * a peer that always has something, no timer, no handler of a signal and no abort would ever have theirs.
 */

/** Milliseconds for which operations may go on without the loop. */
const LIMIT = 10;
/** The clock costs as much as a small read, so it is not asked by every operation. */
const OPERATIONS = 8;
/** Bytes that count as one more: who looks through what came, line by line, gives the loop no turn either. */
const BYTES = 4_096;

export class LoopTurn {
  #seen = -Infinity;
  /** When that was, or when the first operations were done. */
  #begun: number | undefined;
  #operations = 0;

  /** The loop has its turn now. */
  now(): void {
    this.#seen = this.#begun = performance.now();
  }

  /** When the loop was last seen to have its turn, as performance.now() counts. */
  get seen(): number {
    return this.#seen;
  }

  /** Whether the loop was seen to have its turn not long ago, and can do without one. */
  get isRecent(): boolean {
    return performance.now() - this.#seen <= LIMIT;
  }

  /**
   * Asked by each operation: whether the loop is to have its turn. Operations that are far apart may have had work of the
   * program's between them as well as turns of the loop, which nobody can tell, and one turn more costs them little.
   * `bytes` are what it has carried.
   */
  isDue(bytes = 0): boolean {
    this.#operations += 1 + Math.floor(bytes / BYTES);
    if (this.#operations < OPERATIONS) return false;
    this.#operations = 0;
    const now = performance.now();
    return now - (this.#begun ??= now) > LIMIT;
  }
}

/** That of this isolate. */
export const loopTurn: LoopTurn = new LoopTurn();
