/** How much may be under way at once, and who waits for less. */

/** Places for what is under way. */
export class Room {
  readonly #limit: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  /** `limit` may be Infinity. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many places are taken. */
  get taken(): number {
    return this.#taken;
  }

  get full(): boolean {
    return this.#taken >= this.#limit;
  }

  take(): void {
    this.#taken++;
  }

  /** A place is free, and so may be what it has used: everybody who waits for a change is told. */
  leave(): void {
    this.#taken--;
    this.wake();
  }

  /** Until a place was left, or `wake()`. The caller looks again. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** The same, but for `ms` milliseconds at most; `hold` says whether that keeps the program alive. */
  async changedWithin(ms: number, hold: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    if (!hold) Deno.unrefTimer(timer);
    this.#waiting.add(resolve);
    await promise;
    this.#waiting.delete(resolve);
    clearTimeout(timer);
  }

  wake(): void {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
