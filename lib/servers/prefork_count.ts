/** How many children a pre-forking server shall have. */

/** The numbers that are wished. */
export interface PreforkNumbers {
  /** How many children there are, at least. @default {one for each processor} */
  children?: number;
  /** How many there are at most, where connections come faster than they are served. @default {`children`: the number stays} */
  maxChildren?: number;
  /** With fewer than these without a connection there is one more, up to `maxChildren`. @default {1} */
  minSpare?: number;
  /** With more than these without a connection there is one less each second, down to `children`. @default {`children`} */
  maxSpare?: number;
}

/** The number, as the children become busy and idle. */
export class PreforkCount {
  #least: number;
  #most: number;
  readonly #minSpare: number;
  readonly #maxSpare: number;
  #wanted: number;

  /** @throws {RangeError} if a number makes no sense. */
  constructor(numbers: PreforkNumbers) {
    const { children = navigator.hardwareConcurrency, maxChildren = children, minSpare = 1 } = numbers;
    const { maxSpare = Math.max(children, minSpare) } = numbers;
    for (
      const [name, value, least] of [
        ["children", children, 1],
        ["maxChildren", maxChildren, children],
        ["minSpare", minSpare, 0],
        ["maxSpare", maxSpare, minSpare],
      ] as const
    ) {
      if (Number.isInteger(value) && value >= least) continue;
      throw new RangeError(`${name} must be a whole number, ${least} or more: ${value}`);
    }
    [this.#least, this.#most, this.#minSpare, this.#maxSpare] = [children, maxChildren, minSpare, maxSpare];
    this.#wanted = children;
  }

  /** How many there shall be now. */
  get wanted(): number {
    return this.#wanted;
  }

  /** One more than at least, or one less; whether that changes anything. */
  change(by: 1 | -1): boolean {
    if (this.#least + by < 1) return false;
    this.#least += by;
    this.#most = Math.max(this.#most, this.#least);
    // A number that stays stays in both directions.
    if (by < 0 && this.#most === this.#least + 1) this.#most--;
    this.#wanted = Math.min(Math.max(this.#wanted + by, this.#least), this.#most);
    return true;
  }

  /** With `idle` children without a connection there shall be more, if there may be. */
  demand(idle: number): void {
    const missing = Math.max(0, this.#minSpare - idle);
    this.#wanted = Math.min(this.#most, this.#wanted + (this.#most > this.#least ? missing : 0));
  }

  /** Whether with `idle` children without a connection one of them is too many. */
  tooMany(idle: number): boolean {
    return idle > this.#maxSpare && this.#wanted > this.#least;
  }

  /** One less. */
  spare(): void {
    this.#wanted--;
  }
}
