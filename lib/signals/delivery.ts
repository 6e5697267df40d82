/**
 * The way of a signal from the moment it was caught to its handlers. What has come waits in one queue, in the order in
 * which it came; it is delivered on the event loop, at a safe point, or while a blocking call waits, and a signal that is
 * blocked stays in the queue. Nothing that was caught is dropped: without a handler it does what it does by default.
 *
 * @module
 */
import { SIGINFO, SIGNAL } from "../../ffi/abi/signal.ts";
import { afterDrain, type Arrival, drain, drainQuietly, isTakenElsewhere } from "../../ffi/catcher.ts";
import { maskOfThread } from "../../ffi/dispositions.ts";
import { interruption } from "../../ffi/interruption.ts";
import { kill, libcSigrtmin, sigqueue } from "../../ffi/signal.ts";
import { beforeExec, inTransit } from "../../ffi/transit.ts";
import { gettid } from "../../ffi/unistd.ts";
import type { HandlerEntry } from "./disposition.ts";
import { actLast, goOn } from "./last_acts.ts";
import { type Delivery, Keeper } from "./keeper.ts";
import { infoOf, type SignalInfo } from "./signal_info.ts";

/** Takes a signal instead of the handlers: sigtimedwait(2). */
export interface Waiter {
  readonly signals: ReadonlySet<number>;
  take(info: SignalInfo): void;
}

const keepers = new Map<number, Keeper>();
const waiters = new Set<Waiter>();
/** Called after a handler has run. */
const onHandled = new Set<() => void>();
const queue: SignalInfo[] = [];
/** For each handler that runs, what waits meanwhile. */
const running: ReadonlySet<number>[] = [];
/** Signals whose default action is that nothing happens. */
const HARMLESS: readonly number[] = [SIGNAL.SIGCHLD, SIGNAL.SIGCONT, SIGNAL.SIGURG, SIGNAL.SIGWINCH];
/** Whether what is drained is delivered by who drains. */
let atSafePoint = false;
let begun = false;

/** The keeper of a signal. */
export function keeperOf(number: number): Keeper {
  begin();
  let keeper = keepers.get(number);
  if (keeper === undefined) keepers.set(number, keeper = new Keeper(number, arrive));
  return keeper;
}

/** All keepers there are. */
export function allKeepers(): Iterable<Keeper> {
  begin();
  return keepers.values();
}

function begin(): void {
  if (begun) return;
  begun = true;
  afterDrain(() => {
    keepers.forEach((keeper) => goOn(keeper, uncaught));
    if (!atSafePoint) deliverAll(uncaught);
  });
  interruption.run = () => void deliverNow(drainQuietly);
  beforeExec(sendAgain);
  blockInherited();
}

/** What this program was started with blocked is blocked, as if it had done that itself. */
function blockInherited(): void {
  // Other threads than the main one have a mask of Deno's making.
  if (gettid() !== Deno.pid) return;
  const blocked = maskOfThread() & ~inTransit();
  for (let number = 1; number <= 64; number++) {
    if ((blocked >> BigInt(number - 1) & 1n) === 1n) keeperOf(number).blocks.add({ over: false });
  }
}

/** What was caught and not delivered is sent anew, for the program that takes this one's place. */
function sendAgain(): void {
  waiting();
  for (const { number, value } of queue.splice(0)) {
    value === undefined ? kill(Deno.pid, number) : sigqueue(Deno.pid, number, value);
  }
}

/** What a handler throws on the event loop; a callback of `node:net` would be told of it otherwise. */
function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function arrive({ info }: Arrival): void {
  const number = info.getInt32(SIGINFO.si_signo, true);
  // As in the kernel, a standard signal is pending once, with what was known of the first.
  const waits = isBlocked(number) || keepers.get(number)?.actsLast === true;
  const merged = number < libcSigrtmin() && waits && queue.some((one) => one.number === number);
  if (!merged) queue.push(infoOf(info));
}

/** Whether a signal is held back, by the program or because its handler runs. */
export function isBlocked(number: number): boolean {
  return (keepers.get(number)?.blocks.size ?? 0) > 0 || running.some((mask) => mask.has(number));
}

/** What has come and was not delivered. */
export function waiting(): readonly SignalInfo[] {
  atSafePoint = true;
  try {
    drain();
  } finally {
    atSafePoint = false;
  }
  return queue;
}

/** Take what `unwanted` says out of the queue: it was never sent. */
export function discard(unwanted: (info: SignalInfo) => boolean): void {
  const kept = waiting().filter((info) => !unwanted(info));
  queue.splice(0, queue.length, ...kept);
}

/** Deliver what has come and is not blocked; how many. What a handler throws comes out here, the rest follows later. */
export function deliverNow(drainRing: () => void = drain): number {
  atSafePoint = true;
  try {
    drainRing();
  } finally {
    atSafePoint = false;
  }
  try {
    return deliverAll((error) => {
      throw error;
    });
  } finally {
    if (queue.some(isDeliverable)) deliverSoon();
  }
}

/** A signal that is blocked still goes to who waits for it. */
function isDeliverable({ number }: SignalInfo): boolean {
  return !isBlocked(number) || waiters.values().some(({ signals }) => signals.has(number));
}

function deliverAll(onError: (error: unknown) => void): number {
  for (let count = 0;; count++) {
    const at = queue.findIndex(isDeliverable);
    if (at < 0) return count;
    const [info] = queue.splice(at, 1);
    deliver(info!, onError);
  }
}

function deliver(info: SignalInfo, onError: (error: unknown) => void): void {
  for (const waiter of waiters) {
    if (waiter.signals.has(info.number)) return waiter.take(info);
  }
  const keeper = keeperOf(info.number);
  const entries = keeper.dispositions.handlers.filter(({ flags }) => !flags.has("SA_NOCLDSTOP") || isEnd(info));
  const delivery: Delivery = { info, holders: keeper.watchers.size, used: entries.length > 0 };
  for (const watcher of [...keeper.watchers]) watcher.take(delivery);
  runHandlers(keeper, entries, info, onError);
  if (delivery.holders > 0 || delivery.used) return;
  if (keeper.dispositions.handlers.length === 0) byDefault(keeper, info);
}

/** Whether it is not only the stop or the continuation of a child. */
function isEnd({ code }: SignalInfo): boolean {
  return code !== "child stopped" && code !== "child continued";
}

/** Each runs, whatever another one throws, but for those that were removed meanwhile. */
function runHandlers(
  keeper: Keeper,
  entries: readonly HandlerEntry[],
  info: SignalInfo,
  onError: (error: unknown) => void,
): void {
  const thrown: unknown[] = [];
  for (const entry of entries) {
    if (!keeper.dispositions.isDropped(entry)) runHandler(keeper, entry, info, (error) => thrown.push(error));
  }
  const [first, ...others] = thrown;
  others.forEach(uncaught);
  if (thrown.length > 0) onError(first);
}

function runHandler(
  keeper: Keeper,
  entry: HandlerEntry,
  info: SignalInfo,
  onError: (error: unknown) => void,
): void {
  if (entry.once || entry.flags.has("SA_RESETHAND")) {
    keeper.dispositions.drop(entry);
    const { top, handlers } = keeper.dispositions;
    if (entry.flags.has("SA_RESETHAND") && handlers.length === 0) top.slot = "DEFAULT";
    keeper.settle();
  }
  const mask = new Set(entry.mask);
  if (!entry.flags.has("SA_NODEFER")) mask.add(info.number);
  running.push(mask);
  try {
    entry.handler(info);
  } catch (error) {
    onError(error);
  } finally {
    running.splice(running.indexOf(mask), 1);
    for (const handled of onHandled) handled();
  }
}

/** It was caught, and nobody handles it any more. */
function byDefault(keeper: Keeper, info: SignalInfo): void {
  if (keeper.ignored || HARMLESS.includes(keeper.number)) return;
  // Another copy of the library handles it as well, or holds it back, and sends it again if it does not.
  if (isTakenElsewhere(keeper.number)) return;
  if (keeper.lastActs.size > 0) return actLast(keeper, info, uncaught);
  keeper.settle();
  kill(Deno.pid, keeper.number);
}

/** A watcher is gone that had not passed this on: whoever else there is gets it. */
export function giveBack(delivery: Delivery): void {
  delivery.holders--;
  if (delivery.holders > 0 || delivery.used) return;
  putBack(delivery.info);
}

/** Let `waiter` take signals from now on, until what is returned is called. */
export function addWaiter(waiter: Waiter): () => void {
  waiters.add(waiter);
  return () => void waiters.delete(waiter);
}

/** The first pending signal of `signals`, blocked or not, taken out of the queue. */
export function takePending(signals: ReadonlySet<number>): SignalInfo | undefined {
  const at = waiting().findIndex(({ number }) => signals.has(number));
  return at < 0 ? undefined : queue.splice(at, 1)[0];
}

/** Somebody has taken this and cannot use it: it is the next one again. */
export function putBack(info: SignalInfo): void {
  queue.unshift(info);
  deliverSoon();
}

/** Deliver what may come in, once what runs now is done. */
export function deliverSoon(): void {
  queueMicrotask(() => deliverAll(uncaught));
}

/** Call `handled` after each handler, until what is returned is called. */
export function whenHandled(handled: () => void): () => void {
  onHandled.add(handled);
  return () => void onHandled.delete(handled);
}

/**
 * A safe point of a long computation: the handlers of the signals that have come run now. On the event loop they run by
 * themselves; a loop that never yields must ask.
 *
 * @returns How many signals were delivered.
 * @throws what a handler throws; signals that come after that one are delivered on the event loop.
 * @example
 * ```ts
 * import { dispatchSignals, raise, SIG } from "@vasty/vasty";
 *
 * let stop = false;
 * SIG.USR2 = () => stop = true;
 * for (let i = 0; !stop; i++) {
 *   if (i === 1_000) Deno.kill(Deno.pid, "SIGUSR2");
 *   if (i % 100 === 0) dispatchSignals();
 * }
 * SIG.USR2 = "DEFAULT";
 * ```
 * @see perlipc(1), "Deferred Signals (Safe Signals)"
 */
export function dispatchSignals(): number {
  return deliverNow();
}
