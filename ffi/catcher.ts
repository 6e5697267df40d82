/**
 * Signals as this copy of the library gets them. The adaptor `catcher` appends each to our ring and wakes us through a
 * pipe that `node:net` reads; what has come is told in order, on the event loop or when somebody asks.
 *
 * @module
 */
import { FCNTL } from "./abi/fcntl.ts";
import { SIGINFO, SIGNAL_ACTION, SIGSET_SIZE } from "./abi/signal.ts";
import { adoptPipe, type Refable } from "./adopted_pipe.ts";
import { numbersIn } from "./dirent.ts";
import { fcntl } from "./fcntl.ts";
import { interruption } from "./interruption.ts";
import { countLet, goOnToDeno, ignore, install, quiesce, setDefault, turnAway, uninstall } from "./installation.ts";
import { kill, pthread_sigmask, tgkill } from "./signal.ts";
import { kickSignal } from "./signal_record.ts";
import {
  type Arrival,
  everWanted,
  type Purpose,
  purposesOf,
  Subscriber,
  threadsHoldingBack,
  wakeOthers,
  wantedByAny,
} from "./subscriber.ts";
import { unblockAfterExec, unmask } from "./transit.ts";
import { gettid } from "./unistd.ts";

export { isCaught } from "./installation.ts";
export type { Arrival, Purpose };

interruption.run = drainQuietly;

/** Told of each signal at once, before anything else is done with it: it must not throw, and keeps nothing of it. */
export type Listener = (arrival: Arrival) => void;

/** How many bytes, one for each signal, are taken at once. */
const WAKE_UPS = 4_096;

const listeners = new Map<number, Map<Listener, Purpose>>();
/** Of several the first one counts. */
const PURPOSES: readonly Purpose[] = ["handle", "hold", "act last"];
/** Called once what has come was told. */
const afterwards = new Set<() => void>();
let subscriber: Subscriber | undefined;
let socket: Refable | undefined;
let holds = 0;

/**
 * Tell `listener` of each `signal` from now on: 0, or -errno if that cannot be. Waiting does not keep the process alive.
 * Who can do nothing while the thread is blocked need not interrupt what blocks it. Who listens already may have another
 * purpose from now on.
 */
export function listen(signal: number, listener: Listener, interrupts = true, purpose: Purpose = "handle"): number {
  const mine = claim();
  if (typeof mine === "number") return mine;
  if (interrupts) interruption.fd = mine.readingEnd;
  const told = listeners.get(signal) ?? new Map<Listener, Purpose>();
  const first = told.size === 0;
  listeners.set(signal, told.set(listener, purpose));
  mine.want(signal, purposeOf(told));
  if (first) shieldThreads();
  const rc = withBlocked(signal, () => {
    const installed = install(signal);
    letDenoHear(signal);
    return installed;
  });
  if (rc < 0) release(signal, listener, "before");
  return rc;
}

function purposeOf(told: ReadonlyMap<Listener, Purpose>): Purpose | undefined {
  const purposes = new Set(told.values());
  return PURPOSES.find((purpose) => purposes.has(purpose));
}

/**
 * Deno hears a signal as it comes where somebody handles it here as well. So it does where a Web Worker wants it, who may
 * end any moment and does not send it again then.
 */
function letDenoHear(signal: number): void {
  const hears = () => purposesOf(signal).some(({ purpose, thread }) => purpose === "handle" || thread !== Deno.pid);
  let heard: boolean;
  // Another thread changes what it wants, and does the same: whoever looks last sees the other.
  do goOnToDeno(signal, heard = hears()); while (hears() !== heard);
}

/** What becomes of a signal that nobody listens to: as before this library came, its default, or nothing. */
export type Rest = "before" | "DEFAULT" | "IGNORE";

/** Tell `listener` no more. With the last one the signal goes to its rest, whether or not there was one. */
export function release(signal: number, listener: Listener, rest: Rest): void {
  const told = listeners.get(signal);
  told?.delete(listener);
  if (told !== undefined && told.size > 0) {
    subscriber?.want(signal, purposeOf(told));
    return letDenoHear(signal);
  }
  withBlocked(signal, () => {
    if (rest !== "IGNORE" && !isWanted(signal, subscriber)) quiesce(signal);
    subscriber?.want(signal, undefined);
    if (rest === "IGNORE" || !isWanted(signal)) REST[rest](signal);
    // Another copy wants it, or begins to just now: whoever looks last sees the other.
    if (rest !== "IGNORE" && isWanted(signal)) {
      install(signal);
      turnAway(signal);
      letDenoHear(signal);
    }
    // What was caught until now and not told of is sent again, and comes when this is done.
    subscriber?.drain(tell);
    return 0;
  });
}

/** Whether any copy wants it, but for `except`. */
function isWanted(signal: number, except?: Subscriber): boolean {
  return (wantedByAny(except) & 1n << BigInt(signal - 1)) !== 0n;
}

/** Whether another copy does more about `signal` than to act last. It has had all that were caught. */
export function isTakenElsewhere(signal: number): boolean {
  return purposesOf(signal, subscriber).some(({ purpose }) => purpose !== "act last");
}

/** Whether another copy wants `signal`. */
export function isWantedElsewhere(signal: number): boolean {
  return isWanted(signal, subscriber);
}

/** It has done what it does by default, and the program goes on: the other copies may have waited for that. */
export function tellLet(signal: number): void {
  countLet(signal);
  wakeOthers(subscriber);
}

const REST = { before: uninstall, DEFAULT: setDefault, IGNORE: ignore };

/** While a disposition changes, the signal waits: half a change could lose it. */
function withBlocked(signal: number, change: () => number): number {
  const before = new Uint8Array(SIGSET_SIZE);
  const mask = new DataView(new ArrayBuffer(SIGSET_SIZE));
  mask.setBigUint64(0, 1n << BigInt(signal - 1), true);
  pthread_sigmask(SIGNAL_ACTION.SIG_BLOCK, mask, before);
  try {
    return change();
  } finally {
    pthread_sigmask(SIGNAL_ACTION.SIG_SETMASK, before, null);
  }
}

function claim(): Subscriber | number {
  if (subscriber !== undefined) return subscriber;
  const mine = Subscriber.claim(shieldThreads);
  if (typeof mine === "number") return mine;
  // Another isolate's signals may have been kept from this thread before it ran this one.
  unmask(everWanted());
  subscriber = mine;
  unblockAfterExec();
  void attach(mine);
  return mine;
}

async function attach({ readingEnd }: Subscriber): Promise<void> {
  const net = await import("node:net");
  // The end that belongs to the process is not Deno's to close, as long as there is another descriptor to be had.
  const copy = fcntl(readingEnd, FCNTL.F_DUPFD_CLOEXEC, 3);
  const reader = adoptPipe(net, copy < 0 ? readingEnd : copy, new Uint8Array(WAKE_UPS), drain);
  if (holds === 0) reader.unref();
  socket = reader;
}

/** Keep the process alive for signals to come, or no longer; as often as it was asked for. */
export function hold(on: boolean): void {
  holds += on ? 1 : -1;
  holds > 0 ? socket?.ref() : socket?.unref();
}

/** Call `done` after signals have been told. */
export function afterDrain(done: () => void): void {
  afterwards.add(done);
}

/** Tell the listeners what has come. */
export function drain(): void {
  if (subscriber === undefined) return;
  subscriber.drain(tell);
  letIn();
  for (const done of afterwards) done();
}

/** As {@linkcode drain}, for a call that was interrupted. */
export function drainQuietly(): void {
  subscriber?.quiet();
  drain();
}

function tell(arrival: Arrival): void {
  const signal = arrival.info.getInt32(SIGINFO.si_signo, true);
  const told = [...listeners.get(signal)?.keys() ?? []];
  for (const listener of told) listener(arrival);
  // It was caught for somebody who is gone: it does what it does now.
  if (told.length === 0 && !isWanted(signal)) kill(Deno.pid, signal);
}

/** Signals that were held back while a ring was full come in again; each thread lets them in itself. */
function letIn(): void {
  for (const thread of threadsHoldingBack()) {
    if (thread === gettid()) unmask(wantedByAny());
    else tgkill(Deno.pid, thread, kickSignal());
  }
}

/** Keep the caught signals from every thread but the main one and those that run JavaScript, so that they come in order. */
function shieldThreads(): void {
  const threads = numbersIn("/proc/self/task");
  if (typeof threads === "number") return;
  for (const tid of threads) if (tid !== Deno.pid && tid !== gettid()) tgkill(Deno.pid, tid, kickSignal());
}
