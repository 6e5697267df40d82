/** Several waits under one time limit. */
import { timeoutReason } from "../core/limit.ts";

export class TimeLeft {
  readonly #timeout: number;
  readonly #end: number;
  #last: number;

  /** `timeout` milliseconds from now on. */
  constructor(timeout: number) {
    this.#timeout = timeout;
    this.#end = performance.now() + timeout;
    this.#last = timeout;
  }

  /** Whole milliseconds for the next wait; 0 if the time is up. */
  next(): number {
    return this.#last = Math.max(0, Math.ceil(this.#end - performance.now()));
  }

  /** What is thrown for `error`: of the last wait's own limit, the whole limit's reason. */
  reason(error: unknown): unknown {
    const own = error instanceof DOMException && error.message === timeoutReason(this.#last).message;
    return own ? timeoutReason(this.#timeout) : error;
  }
}
