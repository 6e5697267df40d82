/** Waiting for a signal: sigtimedwait(2) and sigsuspend(2). */
import { hold } from "../../ffi/catcher.ts";
import { pollAny } from "../../ffi/poll.ts";
import { checkLimit, Limit, timeoutReason, type WaitOptions } from "../core/limit.ts";
import { nameOfSignal } from "../core/signal_names.ts";
import { settleOr } from "./action.ts";
import { addWaiter, deliverNow, deliverSoon, keeperOf, putBack, takePending, whenHandled } from "./delivery.ts";
import type { Watcher } from "./keeper.ts";
import { replaceMask } from "./mask.ts";
import { catchableSet, type SignalSet } from "./refused.ts";
import type { SignalInfo } from "./signal_info.ts";

/** Has signals caught that somebody waits for; the waiter takes them before any watcher does. */
const interested: Watcher = { take: (delivery) => void delivery.holders-- };

function expect(signals: SignalSet): { set: ReadonlySet<number>; end: () => void } {
  const set = catchableSet(signals);
  if (set.size === 0) throw new TypeError("There is no signal to wait for");
  const watcher: Watcher = { ...interested };
  const keepers = [...set].map(keeperOf);
  const end = () => {
    for (const keeper of keepers) if (keeper.watchers.delete(watcher)) keeper.settle();
  };
  for (const keeper of keepers) {
    keeper.watchers.add(watcher);
    settleOr(keeper, end);
  }
  return { set, end };
}

/**
 * Wait for one of several signals and take it: its handlers do not run. One that is pending, because it is blocked, is
 * taken at once; so block first what may come too early. A pending wait keeps the process alive.
 *
 * @param signals Their names or numbers.
 * @param options When to give up; a signal that comes then is not taken.
 * @returns The signal.
 * @throws {TypeError} if there is none, or one does not exist or cannot be caught.
 * @throws the reason of `signal`, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { block, raise, waitSignal } from "@vasty/vasty";
 *
 * using _blocked = block("SIGUSR2");
 * raise("SIGUSR2");
 * const { signal, pid } = await waitSignal(["SIGUSR2", "SIGHUP"], { timeout: 1_000 });
 * console.assert(signal === "SIGUSR2" && pid === Deno.pid);
 * ```
 * @see sigtimedwait(2)
 */
export async function waitSignal(signals: SignalSet, options: WaitOptions = {}): Promise<SignalInfo> {
  checkLimit(options);
  const { set, end } = expect(signals);
  const { promise, resolve, reject } = Promise.withResolvers<SignalInfo>();
  let over = () => {};
  hold(true);
  try {
    using _limit = new Limit({ ...options, what: () => namesIn(set) }, (reason) => {
      over();
      reject(reason);
    });
    const pending = takePending(set);
    if (pending !== undefined) return pending;
    over = addWaiter({
      signals: set,
      take: (info) => {
        over();
        resolve(info);
      },
    });
    return await promise;
  } finally {
    over();
    hold(false);
    end();
  }
}

/**
 * As `waitSignal`, while this thread blocks. The handlers of other signals run meanwhile.
 *
 * @param signals Their names or numbers.
 * @param options `timeout` in milliseconds; there is no `signal`, which could not be aborted meanwhile.
 * @returns The signal.
 * @throws {TypeError} if there is none, or one does not exist or cannot be caught.
 * @throws what a handler throws, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { alarm, block, waitSignalSync } from "@vasty/vasty";
 *
 * using _blocked = block("SIGALRM");
 * alarm(0.01);
 * console.assert(waitSignalSync(["SIGALRM"], { timeout: 1_000 }).code === "kernel");
 * ```
 * @see sigtimedwait(2)
 */
export function waitSignalSync(signals: SignalSet, options: Pick<WaitOptions, "timeout"> = {}): SignalInfo {
  checkLimit(options);
  const { set, end } = expect(signals);
  let taken = takePending(set);
  const over = addWaiter({
    signals: set,
    take: (info) => {
      over();
      taken = info;
    },
  });
  try {
    if (taken === undefined) blockUntil(() => taken !== undefined, options.timeout, () => namesIn(set));
    return taken!;
  } catch (error) {
    // The handler of another signal has thrown.
    if (taken !== undefined) putBack(taken);
    throw error;
  } finally {
    over();
    end();
  }
}

/** What a time limit says. */
function namesIn(signals: ReadonlySet<number>): string {
  return `wait for ${[...signals].map(nameOfSignal).join(", ")}`;
}

/** Block this thread, while handlers run, until `done`. */
function blockUntil(done: () => boolean, timeout = Infinity, what?: () => string): void {
  const deadline = performance.now() + timeout;
  for (;;) {
    if (!done()) deliverNow();
    if (done()) return;
    const left = deadline - performance.now();
    if (left <= 0) throw timeoutReason(timeout, what?.());
    pollAny([], Math.min(Math.ceil(left), 2 ** 31 - 1));
  }
}

/**
 * Wait until a handler has run, with another mask meanwhile: signals that are blocked now and not in `mask` come in, and
 * none that came before is missed. A pending wait keeps the process alive.
 *
 * @param mask What is blocked meanwhile; nothing unless it says so.
 * @param options When to give up.
 * @throws {TypeError} if a signal does not exist or cannot be blocked.
 * @throws what a handler of a signal that was pending throws; the reason of `signal`, or a "TimeoutError".
 * @example
 * ```ts
 * import { block, raise, SIG, sigsuspend } from "@vasty/vasty";
 *
 * let come = false;
 * SIG.USR2 = () => come = true;
 * using _blocked = block("SIGUSR2");
 * raise("SIGUSR2");
 * await sigsuspend([], { timeout: 1_000 });
 * console.assert(come);
 * SIG.USR2 = "DEFAULT";
 * ```
 * @see sigsuspend(2)
 */
export async function sigsuspend(mask: SignalSet = [], options: WaitOptions = {}): Promise<void> {
  checkLimit(options);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const over = whenHandled(resolve);
  let restore = () => {};
  hold(true);
  try {
    using _limit = new Limit(options, reject);
    restore = replaceMask(mask);
    deliverNow();
    await promise;
  } finally {
    restore();
    over();
    hold(false);
    // What only the other mask held back.
    deliverSoon();
  }
}

/**
 * As `sigsuspend`, while this thread blocks; without a mask it is also pause(2).
 *
 * @param mask What is blocked meanwhile.
 * @param options `timeout` in milliseconds.
 * @throws {TypeError} if a signal does not exist or cannot be blocked.
 * @throws what a handler throws, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { alarm, SIG, sigsuspendSync } from "@vasty/vasty";
 *
 * SIG.ALRM = () => {};
 * alarm(0.01);
 * sigsuspendSync([], { timeout: 1_000 });
 * SIG.ALRM = "DEFAULT";
 * ```
 * @see sigsuspend(2)
 */
export function sigsuspendSync(mask: SignalSet = [], options: Pick<WaitOptions, "timeout"> = {}): void {
  checkLimit(options);
  let handled = false;
  const over = whenHandled(() => handled = true);
  let restore = () => {};
  try {
    restore = replaceMask(mask);
    blockUntil(() => handled, options.timeout);
  } finally {
    restore();
    over();
    deliverSoon();
  }
  deliverNow();
}

/**
 * Block this thread for a time, while the handlers of signals run; they do not cut it short, unless one throws.
 *
 * @param ms Milliseconds.
 * @throws {RangeError} if it is negative or not a number.
 * @throws what a handler throws.
 * @example
 * ```ts
 * import { sleepSync } from "@vasty/vasty";
 *
 * const start = performance.now();
 * sleepSync(20);
 * console.assert(performance.now() - start >= 19);
 * ```
 * @see nanosleep(2)
 */
export function sleepSync(ms: number): void {
  if (!(ms >= 0)) throw new RangeError(`A time is a number of milliseconds from 0 on: ${ms}`);
  const until = performance.now() + ms;
  for (let left; (left = until - performance.now()) > 0;) {
    pollAny([], Math.min(Math.ceil(left), 2 ** 31 - 1));
  }
}
