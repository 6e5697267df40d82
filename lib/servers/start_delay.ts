/** When a child may be started again whose last ones have failed. */

import type { Holding } from "../core/holding.ts";

/** Milliseconds after the first failure, and at most. */
const SHORTEST = 100;
const LONGEST = 5_000;

export class StartDelay {
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #due: () => void;
  readonly #holding: Holding | undefined;

  /** `due` is called when a delay has passed; `holding` says whether that keeps this program alive. */
  constructor(due: () => void, holding?: Holding) {
    this.#due = due;
    this.#holding = holding;
  }

  /** Whether nothing may be started now. */
  get waiting(): boolean {
    return this.#timer !== undefined;
  }

  /** A child has failed, or could not be started: the next waits, twice as long as the one before. */
  failed(): void {
    if (this.waiting) return;
    const delay = Math.min(SHORTEST * 2 ** this.#failures++, LONGEST);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#due();
    }, delay);
    if (this.#holding?.on === false) Deno.unrefTimer(this.#timer);
  }

  /** One works. */
  worked(): void {
    this.#failures = 0;
  }

  /** Nothing is started any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
