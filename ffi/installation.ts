/**
 * Putting `catcher` on a signal and taking it off, so that Deno goes on hearing what it listens to and what was there
 * before comes back.
 *
 * Half a second after its start Deno installs handlers of its own for four signals, whatever is there; not where a
 * listener was added before. A listener that does nothing is therefore added first, and stays as long as `catcher` does:
 * `catcher` goes on to Deno's handler, which without a listener does what the signal does by default.
 *
 * @module
 */
import { CATCHER } from "./abi/frame.ts";
import { SIGNAL } from "./abi/signal.ts";
import { findThread, holdThread, untilDenoHasDealt } from "./deno_signals.ts";
import { actionOf, HANDLER_FLAGS, handlerOf, isIgnored, setHandler, SIG_DFL, SIG_IGN } from "./dispositions.ts";
import { ignoredFromTheStart, inheritedOf, wasIgnored } from "./inherited.ts";
import { libc } from "./libc.ts";
import { sigaction } from "./signal.ts";
import { signalRecord } from "./signal_record.ts";

/** What Deno has handlers of its own for. */
const DENOS: readonly number[] = [SIGNAL.SIGHUP, SIGNAL.SIGINT, SIGNAL.SIGTERM, SIGNAL.SIGUSR1];
/** What the signal does by default is nothing: Deno's handler does no harm without a listener. */
const HARMLESS: readonly number[] = [SIGNAL.SIGCHLD, SIGNAL.SIGCONT, SIGNAL.SIGURG, SIGNAL.SIGWINCH];
/** What stops a program by default. */
export const STOPPING: readonly number[] = [SIGNAL.SIGTSTP, SIGNAL.SIGTTIN, SIGNAL.SIGTTOU];

/** Deno's own actions, to be set again to the last flag. */
const actionsBefore = new Map<number, DataView<ArrayBuffer>>();
const heard = new Set<number>();
const nothing = () => {};

/** Signals that this program was started to ignore, and that only Deno handles: what takes its place shall ignore them. */
export function ignoredAtStart(): number[] {
  const handledByDeno = (signal: number) => {
    const handler = handlerOf(signal);
    return handler > SIG_IGN && handler !== catcher();
  };
  return ignoredFromTheStart().filter(handledByDeno);
}

/** What Deno calls it; nothing for a real-time signal. */
function denoName(signal: number): Deno.Signal | undefined {
  return Object.entries(SIGNAL).find(([, number]) => number === signal)?.[0] as Deno.Signal | undefined;
}

/** Have Deno put its handler there, if it ever does, before ours. Real-time signals it does not know. */
function hear(signal: number): void {
  const name = denoName(signal);
  if (name === undefined || heard.has(signal) || HARMLESS.includes(signal)) return;
  listenByDeno(name);
  heard.add(signal);
}

/** With the first listener Deno sets its handlers for all four, also over what shall be ignored. */
function listenByDeno(name: Deno.Signal): void {
  const ignored = DENOS.filter((other) =>
    denoName(other) !== name && inheritedOf(other) === "IGNORE" && isIgnored(other)
  );
  Deno.addSignalListener(name, nothing);
  for (const other of ignored) ignoreAgain(other);
  findThread();
}

/**
 * Before /proc is out of sight, as in another root: keep Deno's thread for signals in sight, which is there with the first
 * listener. What is returned undoes it.
 */
export function keepSight(): () => void {
  listenByDeno("SIGWINCH");
  Deno.removeSignalListener("SIGWINCH", nothing);
  return holdThread();
}

function ignoreAgain(signal: number): void {
  keep(signal, handlerOf(signal));
  setHandler(signal, SIG_IGN);
}

/**
 * Before Deno's handler gets `signal` back and we listen no more: what it was given so far is dealt with. What comes
 * meanwhile is not given to it.
 */
export function quiesce(signal: number): void {
  if (!heard.has(signal)) return;
  setWord(CATCHER.BEFORE + 8 * signal, SIG_IGN);
  untilDenoHasDealt();
  goOnToDeno(signal, true);
}

/**
 * Whether `catcher` goes on to Deno's handler of `signal` as it comes. If not, it is sent again when it may do what it does
 * by default, and Deno hears it then; so it hears none twice. What does not come again it hears in any case.
 */
export function goOnToDeno(signal: number, atOnce: boolean): void {
  const handler = before(signal);
  // At SIGUSR1 Deno's handler opens its inspector, whoever listens.
  if (handler <= SIG_IGN || signal === SIGNAL.SIGUSR1) return;
  const comesOnce = HARMLESS.includes(signal) || STOPPING.includes(signal);
  // Should nobody be left who wants it, `catcher` has it do what the kernel does by default.
  setWord(CATCHER.BEFORE + 8 * signal, atOnce || comesOnce ? handler : SIG_DFL);
}

/** Listen no more by Deno's means: another copy does, or nobody. */
export function turnAway(signal: number): void {
  if (heard.delete(signal)) Deno.removeSignalListener(denoName(signal)!, nothing);
}

/** The handler that was there before `catcher`, whichever copy has put that there. */
function before(signal: number): bigint {
  return wordAt(CATCHER.BENEATH + 8 * signal);
}

function wordAt(offset: number): bigint {
  const value = new BigInt64Array(1);
  libc().get(value, signalRecord().data + offset, 8);
  return value[0]!;
}

function setWord(offset: number, word: bigint): void {
  libc().put(signalRecord().data + offset, BigInt64Array.of(word), 8);
}

const catcher = () => BigInt(signalRecord().catcher);

/** Whether `signal` got `catcher` while Deno did not listen to it: it may have put its handler on top since. */
function isAlone(signal: number): boolean {
  return (wordAt(CATCHER.ALONE) >> BigInt(signal - 1) & 1n) === 1n;
}

function setAlone(signal: number, on: boolean): void {
  const bit = 1n << BigInt(signal - 1);
  const others = wordAt(CATCHER.ALONE) & ~bit;
  setWord(CATCHER.ALONE, on ? others | bit : others);
}

/** Whether the handler of `signal` is `catcher`: somebody else's may or may not go on to it. */
export function isCaught(signal: number): boolean {
  return handlerOf(signal) === catcher();
}

/** Have `catcher` get `signal`: 0, or -errno. */
export function install(signal: number): number {
  inheritedOf(signal);
  hear(signal);
  const top = handlerOf(signal);
  if (top === catcher()) return 0;
  // Deno came later and goes on to us; were we to go on to it, that would never end.
  if (top > SIG_IGN && isAlone(signal)) return 0;
  keep(signal, top);
  // Where a copy of the library has it ignored for the moment, Deno's handler is known all the same.
  if (top <= SIG_IGN && before(signal) <= SIG_IGN) setAlone(signal, true);
  return setHandler(signal, catcher(), HANDLER_FLAGS);
}

/** Remember a handler that is not ours: `catcher` goes on to it, and it comes back. */
function keep(signal: number, top: bigint): void {
  if (top > SIG_IGN && top !== catcher()) {
    actionsBefore.set(signal, actionOf(signal));
    setWord(CATCHER.BENEATH + 8 * signal, top);
    if (signal === SIGNAL.SIGUSR1) setWord(CATCHER.BEFORE + 8 * signal, SIG_IGN);
    goOnToDeno(signal, true);
  }
}

/** Nobody wants `signal` any more: what was there before comes back. */
export function uninstall(signal: number): void {
  if (wasIgnored(signal)) return ignore(signal);
  setDefault(signal);
}

/** Have the kernel ignore `signal`; Deno's listeners do not hear of it then. */
export function ignore(signal: number): void {
  inheritedOf(signal);
  hear(signal);
  const top = handlerOf(signal);
  if (top > SIG_IGN) keep(signal, top);
  setHandler(signal, SIG_IGN);
  if (heard.has(signal)) untilDenoHasDealt();
  turnAway(signal);
}

/** Let `signal` do what it does without us: what Deno's listeners do, where there are any. */
export function setDefault(signal: number): void {
  inheritedOf(signal);
  const top = handlerOf(signal);
  if (top > SIG_IGN && top !== catcher()) {
    // Deno's handler is on top already, and may go on to ours, which has nothing to do.
    if (isAlone(signal)) setWord(CATCHER.BEFORE + 8 * signal, SIG_IGN);
  } else {
    const action = actionsBefore.get(signal);
    const handler = before(signal);
    if (action !== undefined) sigaction(signal, action, null);
    else setHandler(signal, handler > SIG_IGN ? handler : SIG_DFL, handler > SIG_IGN ? HANDLER_FLAGS : 0);
    setAlone(signal, false);
  }
  turnAway(signal);
}

/** How often a copy has let `signal` do what it does by default, as far as a byte counts. */
export function timesLet(signal: number): number {
  const times = new Uint8Array(1);
  libc().get(times, signalRecord().data + CATCHER.LET + signal, 1);
  return times[0]!;
}

/** A copy has let it do that. */
export function countLet(signal: number): void {
  libc().put(signalRecord().data + CATCHER.LET + signal, Uint8Array.of(timesLet(signal) + 1), 1);
}

/** Let `signal` do what the kernel does by default, whoever listens: for a program that is to end by it. */
export function forceDefault(signal: number): void {
  setHandler(signal, SIG_DFL);
}
