/** The expects of one dialog, in the order in which they were called. */

/** A call's place in the line. */
export interface Place {
  /** Whether it waits for a handler, which may call others: those come before it. */
  readonly suspended: boolean;
  /** It is its turn: look at what has come. False: it needs more. */
  look(): boolean;
  /** Something has come. */
  received?(): void;
  /** Nothing comes of it. */
  fail(reason: unknown): void;
}

export class LineUp {
  /** How many of them are suspended. */
  suspended = 0;
  readonly #places: Place[] = [];
  #running = false;

  /** What is called while a handler runs comes before the call whose handler it is, which could not go on otherwise. */
  enter(place: Place): void {
    const at = this.suspended === 0 ? -1 : this.#places.findIndex(({ suspended }) => suspended);
    at < 0 ? this.#places.push(place) : this.#places.splice(at, 0, place);
  }

  leave(place: Place): void {
    const at = this.#places.indexOf(place);
    if (at >= 0) this.#places.splice(at, 1);
  }

  /** Let the first look, and those behind it as soon as it has what it wanted. */
  run(): void {
    // Whoever has left may have let in others, who are seen by the loop that runs.
    if (this.#running) return;
    this.#running = true;
    try {
      for (let first; (first = this.#places[0]) && !first.suspended && first.look(););
    } finally {
      this.#running = false;
    }
  }

  /** Something has come, whose turn it may ever be. */
  received(): void {
    for (const place of this.#places) place.received?.();
  }

  /** Nothing comes of any of them. */
  failAll(reason: unknown): void {
    for (const place of [...this.#places]) place.fail(reason);
  }
}
