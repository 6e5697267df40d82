/** When a child may be started again whose last ones have failed. */

/** Milliseconds after the first failure, and at most. */
const SHORTEST = 100;
const LONGEST = 5_000;

export class StartDelay {
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #due: () => void;

  /** `due` is called when a delay has passed. */
  constructor(due: () => void) {
    this.#due = due;
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
