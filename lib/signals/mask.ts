/** Signals that are held back: sigprocmask(2) and its kin. */
import { SIGSET_SIZE } from "../../ffi/abi/signal.ts";
import { sigpending } from "../../ffi/signal.ts";
import { unmask } from "../../ffi/transit.ts";
import { nameOfSignal } from "../core/signal_names.ts";
import { settleOr } from "./action.ts";
import { allKeepers, deliverNow, isBlocked, keeperOf, waiting } from "./delivery.ts";
import type { Block } from "./keeper.ts";
import { catchableSet, type SignalSet } from "./refused.ts";

/** How {@linkcode sigprocmask} changes the mask. */
export type MaskChange = "SIG_BLOCK" | "SIG_UNBLOCK" | "SIG_SETMASK";

/** Take back whatever holds these signals back; what puts it back again. */
function release(numbers: Iterable<number>): () => void {
  const undo: (() => void)[] = [];
  for (const number of numbers) {
    const keeper = keeperOf(number);
    const reasons = [...keeper.blocks];
    keeper.blocks.clear();
    // What this program was started with: only the thread that runs JavaScript takes signals.
    unmask(1n << BigInt(number - 1));
    keeper.settle();
    undo.push(() => {
      for (const reason of reasons) if (!reason.over) keeper.blocks.add(reason);
      keeper.settle();
    });
  }
  return () => undo.forEach((step) => step());
}

function hold(numbers: Iterable<number>): () => void {
  const reason: Block = { over: false };
  const keepers = [...numbers].map(keeperOf);
  const undo = () => {
    reason.over = true;
    for (const keeper of keepers) if (keeper.blocks.delete(reason)) keeper.settle();
  };
  for (const keeper of keepers) {
    keeper.blocks.add(reason);
    settleOr(keeper, undo);
  }
  return undo;
}

/** `undo` once, at the end of a `using` block; what may come in then is delivered. */
function disposable(undo: () => void): Disposable {
  let done = false;
  return {
    [Symbol.dispose]() {
      if (done) return;
      done = true;
      undo();
      deliverNow();
    },
  };
}

/**
 * Hold signals back: those that come stay pending until they are unblocked, the standard ones once each and the real-time
 * ones all, in order. It concerns handlers, iterators and default actions alike.
 *
 * A mask belongs to a thread, and only one thread of Deno's runs the program, so it is this library that holds them back:
 * a child that `Deno.Command` starts has none of them blocked. Deno's own listeners hear at once what the program handles,
 * what stops it, and what does nothing by default; anything else when it is unblocked, unless somebody has taken it.
 *
 * @param signals Their names or numbers.
 * @returns Unblocks them at the end of a `using` block, unless another block holds them as well.
 * @throws {TypeError} if a signal does not exist or cannot be blocked; see `sigaction`.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there is no descriptor left to catch signals with.
 * @example
 * ```ts
 * import { block, pendingSignals, raise, SIG } from "@vasty/vasty";
 *
 * let count = 0;
 * SIG.USR2 = () => count++;
 * {
 *   using _blocked = block("SIGUSR2");
 *   raise("SIGUSR2");
 *   raise("SIGUSR2");
 *   console.assert(count === 0 && pendingSignals().join() === "SIGUSR2");
 * }
 * console.assert(count === 1);
 * SIG.USR2 = "DEFAULT";
 * ```
 * @see sigprocmask(2)
 */
export function block(...signals: SignalSet): Disposable {
  return disposable(hold(catchableSet(signals)));
}

/**
 * Let signals in, whoever blocked them, those included that this program was started with. What is pending of them is
 * delivered before this returns.
 *
 * @param signals Their names or numbers.
 * @returns Blocks again, at the end of a `using` block, those that were blocked.
 * @throws {TypeError} if a signal does not exist or cannot be blocked.
 * @throws what a handler throws.
 * @example
 * ```ts
 * import { block, unblock } from "@vasty/vasty";
 *
 * block("SIGUSR2");
 * unblock("SIGUSR2");
 * ```
 * @see sigprocmask(2)
 */
export function unblock(...signals: SignalSet): Disposable {
  const undo = release(catchableSet(signals));
  deliverNow();
  return disposable(undo);
}

/**
 * Change the mask as POSIX does. What may come in by that is delivered before this returns.
 *
 * @param how Whether the signals are added to the blocked ones, taken from them, or all that is blocked.
 * @param signals Their names or numbers.
 * @returns What was blocked before, to be set again by `"SIG_SETMASK"`.
 * @throws {TypeError} if a signal does not exist or cannot be blocked, or `how` is none of the three.
 * @throws what a handler throws.
 * @example
 * ```ts
 * import { sigprocmask } from "@vasty/vasty";
 *
 * const before = sigprocmask("SIG_BLOCK", ["SIGUSR1", "SIGUSR2"]);
 * sigprocmask("SIG_SETMASK", before);
 * ```
 * @see sigprocmask(2)
 */
export function sigprocmask(how: MaskChange, signals: SignalSet): string[] {
  const before = blockedSignals();
  const set = catchableSet(signals);
  if (how === "SIG_BLOCK") hold(set);
  else if (how === "SIG_UNBLOCK") release(set);
  else if (how === "SIG_SETMASK") {
    release([...catchableSet(before)].filter((number) => !set.has(number)));
    hold([...set].filter((number) => !before.includes(nameOfSignal(number))));
  } else throw new TypeError(`A mask is changed by SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK, not ${how}`);
  deliverNow();
  return before;
}

/** The signals that are blocked by this program, in the order of their numbers. */
export function blockedSignals(): string[] {
  const blocked = [...allKeepers()].filter(({ blocks }) => blocks.size > 0).map(({ number }) => number);
  return blocked.sort((a, b) => a - b).map(nameOfSignal);
}

/**
 * The signals that have come and are held back, each once, in the order of their numbers.
 *
 * @returns Such as `["SIGUSR1", "SIGRTMIN+1"]`.
 * @example
 * ```ts
 * import { pendingSignals } from "@vasty/vasty";
 *
 * console.assert(pendingSignals().length === 0);
 * ```
 * @see sigpending(2)
 */
export function pendingSignals(): string[] {
  const set = new BigUint64Array(SIGSET_SIZE / 8);
  sigpending(set);
  const numbers = new Set(waiting().map(({ number }) => number).filter(isBlocked));
  for (let number = 1; number <= 64; number++) if (set[0]! >> BigInt(number - 1) & 1n) numbers.add(number);
  return [...numbers].sort((a, b) => a - b).map(nameOfSignal);
}

/** Have `signals` blocked and nothing else until what is returned is called. */
export function replaceMask(signals: SignalSet): () => void {
  const set = catchableSet(signals);
  const blocked = [...allKeepers()].filter(({ blocks }) => blocks.size > 0).map(({ number }) => number);
  const blockAgain = release(blocked.filter((number) => !set.has(number)));
  const unblockAgain = hold(set);
  return () => {
    unblockAgain();
    blockAgain();
  };
}
