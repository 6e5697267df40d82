/** Starting once more what the system had no room for. */
import { SyscallError } from "../core/errors.ts";
import { checkLimit, Limit, timeoutReason, type WaitOptions } from "../core/limit.ts";

/** How often, and how long apart. */
export interface RetryOptions {
  /** How many tries there are in all. @default {7} */
  times?: number;
  /** Milliseconds from one try to the next. @default {10_000} */
  delay?: number;
}

/** What passes by itself: too many processes, or too little memory. */
const PASSING = ["EAGAIN", "ENOMEM"];

/**
 * Start something, and try again while the system has too many processes (`EAGAIN`) or too little memory (`ENOMEM`), as
 * perlipc's manual does: seven times, ten seconds apart. Any other error is thrown at once. `run`, `capture` and `lines`
 * have the same as their option `retry`.
 *
 * @param start What starts it; called at once, and for each further try. What it takes, if it is a promise, is waited for:
 * no limit ends that.
 * @param options How often, how long apart, and when to give up.
 * @returns What `start` returned; it is the caller's to close.
 * @throws {SyscallError} the last try's.
 * @throws {RangeError} if `times` is not an integer from 1 on, or `delay` not a number from 0 on.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError"; nothing was started then.
 * @example
 * ```ts
 * import { retrySpawn, spawn } from "@vasty/vasty";
 *
 * await using child = await retrySpawn(() => spawn(["true"]), { times: 3, delay: 1_000 });
 * console.assert((await child.status).success);
 * ```
 * @see fork(2)
 */
export async function retrySpawn<T>(
  start: () => T | PromiseLike<T>,
  options: RetryOptions & WaitOptions = {},
): Promise<T> {
  const { times = 7, delay = 10_000, timeout = Infinity } = options;
  if (!Number.isInteger(times) || times < 1) throw new RangeError(`times must be an integer from 1 on: ${times}`);
  if (!(delay >= 0)) throw new RangeError(`delay must be a number of milliseconds from 0 on: ${delay}`);
  checkLimit(options);
  const deadline = performance.now() + timeout;
  for (let left = times - 1;; left--) {
    try {
      return await start();
    } catch (error) {
      if (left === 0 || !(error instanceof SyscallError) || !PASSING.includes(error.code)) throw error;
    }
    await pause(delay, { signal: options.signal, timeout: Math.max(0, deadline - performance.now()) }, timeout);
  }
}

/** Until `ms` have passed; the limit's reason if that comes first. `timeout` is what was asked for, for its message. */
async function pause(ms: number, rest: WaitOptions, timeout: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  using _limit = new Limit({ signal: rest.signal }, reject);
  const late = rest.timeout! < ms;
  using _end = new Limit(
    { timeout: Math.min(ms, rest.timeout!) },
    () => late ? reject(timeoutReason(timeout)) : resolve(),
  );
  await promise;
}
