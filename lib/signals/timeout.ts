/** A time limit around a piece of work: perlipc's eval and alarm. */
import { interruption } from "../../ffi/interruption.ts";
import { checkLimit, Limit, timeoutReason } from "../core/limit.ts";

/**
 * Do something, but not for longer than a time: what Perl programs do with `eval`, `alarm` and a handler that dies.
 *
 * A call of this library that blocks the thread (`runSync`, `flockSync`, `sleepSync`) ends when the time is up, and what it
 * had begun is undone. Asynchronous work gets an `AbortSignal` to give to what it waits for, and the promise rejects when
 * the time is up, whether or not the work heeds it; the limit of blocking calls holds until its first `await`. A computation cannot be interrupted. No signal is sent and no alarm
 * is used, so limits may be nested: the sooner one counts.
 *
 * @param ms Milliseconds.
 * @param work What to do.
 * @returns What `work` returns.
 * @throws a `DOMException` named "TimeoutError" if the time is up, or what `work` throws.
 * @throws {RangeError} if `ms` is negative or not a number.
 * @example
 * ```ts
 * import { runSync, timeout } from "@vasty/vasty";
 *
 * try {
 *   await timeout(50, () => runSync(["sleep", "60"]));
 * } catch (error) {
 *   console.assert((error as Error).name === "TimeoutError");
 * }
 * ```
 * @see perlipc(1), "Signals"
 */
export async function timeout<T>(ms: number, work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  checkLimit({ timeout: ms });
  const start = performance.now();
  const controller = new AbortController();
  const result = within(start + ms, ms, () => work(controller.signal));
  if (!(result instanceof Promise)) return result;
  const { promise: over, reject } = Promise.withResolvers<never>();
  using _limit = new Limit({ timeout: Math.max(0, start + ms - performance.now()) }, () => {
    const reason = timeoutReason(ms);
    reject(reason);
    controller.abort(reason);
  });
  return await Promise.race([result, over]);
}

/** Call `work` with a deadline for the calls in it that block this thread. */
function within<T>(deadline: number, ms: number, work: () => T): T {
  const { deadline: outer, expire } = interruption;
  if (deadline < outer) {
    interruption.deadline = deadline;
    interruption.expire = () => {
      throw timeoutReason(ms);
    };
  }
  try {
    return work();
  } finally {
    interruption.deadline = outer;
    interruption.expire = expire;
  }
}
