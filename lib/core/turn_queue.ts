/** Turns of whole operations: one at a time, in the order in which they were asked for. */
import { Deadline, Limit, type WaitOptions } from "./limit.ts";
import type { Holding } from "./holding.ts";

export class TurnQueue {
  readonly #holding: Holding | undefined;
  /** What lets them begin. */
  #waiting: Set<() => void> | undefined;
  #busy = false;

  /** `holding` says whether the time limits of those that wait keep the program alive. */
  constructor(holding?: Holding) {
    this.#holding = holding;
  }

  /** Whether nobody has a turn. */
  get idle(): boolean {
    return !this.#busy;
  }

  /**
   * Let `turn` have its turn, with what is left of the time limit. One that is given up while others have theirs does nothing.
   *
   * @throws the signal's reason, a `DOMException` named "TimeoutError", or what `turn` throws.
   */
  async run<T, O extends WaitOptions>(turn: (options: O) => T | Promise<T>, options: O): Promise<T> {
    if (this.#busy) options = await this.#wait(options);
    this.#busy = true;
    try {
      return await turn(options);
    } finally {
      this.#pass();
    }
  }

  async #wait<O extends WaitOptions>(options: O): Promise<O> {
    const deadline = new Deadline(options);
    const waiting = this.#waiting ??= new Set();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using limit = new Limit(options, (reason) => {
      if (waiting.delete(resolve)) reject(reason);
    });
    using _holding = this.#holding?.watch((on) => limit.hold(on));
    waiting.add(resolve);
    await promise;
    return { ...options, ...deadline.options };
  }

  /** It stays busy for the next one, so that nobody gets in between. */
  #pass(): void {
    const next = this.#waiting?.values().next().value;
    this.#busy = next !== undefined;
    if (next === undefined) return;
    this.#waiting!.delete(next);
    next();
  }
}
