/** How long an expect waits. */
import { Limit, type WaitOptions } from "../core/limit.ts";

/** A timer that fires so much later than it was due tells that nothing else had its turn either. */
const LATE = 5;

/**
 * The time of one call, from its beginning. A timer is made when it is armed, not before: most answers come sooner.
 */
export class Clock implements Disposable {
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;
  readonly #onLimit: (reason: unknown, timedOut: boolean) => void;
  #due: number;
  #limit: Limit | undefined;
  #again = false;

  /** `onLimit` is called once for each time that it is armed, unless it was disposed of. */
  constructor(
    { signal, timeout = Infinity }: WaitOptions,
    onLimit: (reason: unknown, timedOut: boolean) => void,
  ) {
    this.#signal = signal;
    this.#timeout = timeout;
    this.#onLimit = onLimit;
    this.#due = timeout === Infinity ? Infinity : performance.now() + timeout;
  }

  /** The whole time is left again. */
  restart(): void {
    if (this.#timeout !== Infinity) this.#due = performance.now() + this.#timeout;
  }

  /** From now on it ticks. Where its time is over already, what came in time is read first. */
  arm(): void {
    if (this.#limit !== undefined) return;
    this.#again = false;
    this.#tick();
  }

  #tick(): void {
    if (this.#signal?.aborted) return this.#onLimit(this.#signal.reason, false);
    if (this.#signal === undefined && this.#due === Infinity) return;
    const timeout = this.#due === Infinity ? Infinity : Math.max(0, this.#due - performance.now());
    this.#limit = new Limit({ signal: this.#signal, timeout, total: this.#timeout }, (reason) => this.#fired(reason));
  }

  #fired(reason: unknown): void {
    this.#limit = undefined;
    if (this.#signal?.aborted) return this.#onLimit(this.#signal.reason, false);
    const late = performance.now() - this.#due;
    // It was restarted meanwhile; or what came in time has had no turn to be read: one more turn of the loop.
    if (late < -1 || (late > LATE && !this.#again)) {
      this.#again = late > LATE;
      return this.#tick();
    }
    this.#onLimit(reason, true);
  }

  /** It ticks no more. */
  [Symbol.dispose](): void {
    this.#limit?.[Symbol.dispose]();
    this.#limit = undefined;
  }
}
