/** `signal` and `timeout`, as everything that can wait takes them. */

/** How long an operation may take. */
export interface WaitOptions {
  /** Gives up when it is aborted: the operation rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Milliseconds; the operation rejects with a `DOMException` named "TimeoutError" when they have passed.
   * @default {Infinity}
   */
  timeout?: number;
}

/** How a blocking twin waits. */
export interface SyncWaitOptions {
  /**
   * Milliseconds; a `DOMException` named "TimeoutError" is thrown when they have passed.
   * @default {Infinity}
   */
  timeout?: number;
}

/** The longest delay that a timer takes; anything longer is no limit. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

/**
 * What would make an operation pointless before it begins.
 *
 * @throws the signal's reason if it is aborted already.
 * @throws {RangeError} if `timeout` is negative or not a number.
 */
export function checkLimit({ signal, timeout = Infinity }: WaitOptions): void {
  if (typeof timeout !== "number" || !(timeout >= 0)) {
    throw new RangeError(`timeout must be a number of milliseconds from 0 on: ${Deno.inspect(timeout)}`);
  }
  signal?.throwIfAborted();
}

/** What is left of a time limit, for one of several waits. */
export interface LimitOptions extends WaitOptions {
  /** How long all of them may take, for the message. */
  total?: number;
  /** What takes so long, for the message. */
  what?: () => string;
}

/** A time limit over several waits. */
export class Deadline {
  readonly timeout: number;
  readonly #signal: AbortSignal | undefined;
  readonly #what: (() => string) | undefined;
  readonly #end: number;

  /**
   * @throws the signal's reason if it is aborted already.
   * @throws {RangeError} if `timeout` is negative or not a number.
   */
  constructor({ signal, timeout = Infinity, total = timeout, what }: LimitOptions) {
    checkLimit({ signal, timeout });
    this.timeout = total;
    this.#signal = signal;
    this.#what = what;
    this.#end = performance.now() + timeout;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** For the next wait. */
  get options(): LimitOptions {
    return { signal: this.#signal, timeout: this.left, total: this.timeout, what: this.#what };
  }
}

/** Watches over one operation; `using` ends the watch. */
export class Limit implements Disposable {
  readonly #signal: AbortSignal | undefined;
  readonly #onLimit: (reason: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #aborted = () => this.#reach(this.#signal!.reason);

  /**
   * `onLimit` gets the reason, once, and never before the constructor has returned.
   *
   * @throws the signal's reason if it is aborted already.
   * @throws {RangeError} if `timeout` is negative or not a number.
   */
  constructor(options: LimitOptions, onLimit: (reason: unknown) => void) {
    const { signal, timeout = Infinity, total = timeout, what } = options;
    checkLimit({ signal, timeout });
    this.#signal = signal;
    this.#onLimit = onLimit;
    signal?.addEventListener("abort", this.#aborted);
    if (timeout <= LONGEST_TIMER) this.#timer = setTimeout(() => this.#reach(timeoutReason(total, what?.())), timeout);
  }

  #reach(reason: unknown): void {
    this[Symbol.dispose]();
    this.#onLimit(reason);
  }

  /** Whether the timer keeps the process alive. */
  hold(on: boolean): void {
    if (this.#timer !== undefined) on ? Deno.refTimer(this.#timer) : Deno.unrefTimer(this.#timer);
  }

  /** The operation is over. */
  [Symbol.dispose](): void {
    // The first use of a timer costs a program 6 ms, so not even clearTimeout(undefined) is for nothing.
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#signal?.removeEventListener("abort", this.#aborted);
  }
}

/** The reason of a timeout after `ms`, of what was done meanwhile. */
export function timeoutReason(ms: number, what?: string): DOMException {
  return new DOMException(`Timed out after ${ms} ms${what === undefined ? "" : `: ${what}`}`, "TimeoutError");
}
