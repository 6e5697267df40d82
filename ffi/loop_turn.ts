/**
 * Whether Deno's event loop has its turn. What need not wait goes on in microtasks, and so does who then asks for more: with
 * a peer that always has something, no timer, no handler of a signal and no abort would ever have theirs.
 */

/** Milliseconds for which operations may go on without the loop. */
const LIMIT = 10;
/** Operations this far apart do not follow one another: the loop has had its turn between them. */
const GAP = 50;
/** The clock costs as much as a small read, so it is not asked by every operation. */
const OPERATIONS = 8;

export class LoopTurn {
  /** When the loop was last seen to have its turn. */
  #seen = -Infinity;
  /** When the operations began that have gone on without it since, as far as is known. */
  #begun = -Infinity;
  #asked = -Infinity;
  #operations = 0;

  /** The loop has its turn now. */
  now(): void {
    this.#seen = this.#begun = this.#asked = performance.now();
  }

  /** Milliseconds since the loop was last seen to have its turn. */
  get since(): number {
    return performance.now() - this.#seen;
  }

  /** Asked by each operation that is about to begin: whether the loop is to have its turn first. */
  isDue(): boolean {
    if (++this.#operations < OPERATIONS) return false;
    this.#operations = 0;
    const now = performance.now();
    if (now - this.#asked > GAP) this.#begun = now;
    this.#asked = now;
    return now - this.#begun > LIMIT;
  }
}

/** That of this isolate. */
export const loopTurn: LoopTurn = new LoopTurn();
