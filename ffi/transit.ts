/**
 * Signals while a program replaces itself by itself: between execve(2) and the new program's handlers a signal would do
 * what it does by default. Those that are handled are blocked across it, and the new program, which finds that in its
 * environment, lets them in once its handlers stand.
 *
 * @module
 */
import { SIGNAL, SIGNAL_ACTION, SIGSET_SIZE } from "./abi/signal.ts";
import { cString, readCString } from "./memory.ts";
import { pthread_sigmask } from "./signal.ts";
import { getenv, unsetenv } from "./stdlib.ts";
import { wantedByAny } from "./subscriber.ts";

/** The variable: the signals as bits, and the process that it is for. */
const VARIABLE = "VASTY_BLOCKED";

let sendAgain = () => {};
let blocked: bigint | undefined;

/** Have `again` send anew what was caught and not delivered, when the program is about to be replaced. */
export function beforeExec(again: () => void): void {
  sendAgain = again;
}

/** What is handled, a bit each; nobody waits for a child that is not there any more. */
function handled(): bigint {
  return wantedByAny() & ~(1n << BigInt(SIGNAL.SIGCHLD - 1));
}

/**
 * For a child that takes this program's place: the numbers of the signals that are handled, to be blocked at its start, and
 * the variable that tells it so, behind whose text its process id belongs.
 */
export function blockedForSuccessor(): { signals: number[]; variable: Record<string, string> } {
  const set = handled();
  const signals = Array.from({ length: 64 }, (_, i) => i + 1).filter((number) =>
    (set >> BigInt(number - 1) & 1n) === 1n
  );
  return { signals, variable: { [VARIABLE]: `${set.toString(16)}:` } };
}

/** Block what is handled. The new program needs `environment`; `undo` is for one that could not be executed. */
export function blockForExec(): { environment: Record<string, string>; undo: () => void } {
  const signals = handled();
  const before = new Uint8Array(SIGSET_SIZE);
  pthread_sigmask(SIGNAL_ACTION.SIG_BLOCK, maskOf(signals), before);
  sendAgain();
  return {
    environment: { [VARIABLE]: `${signals.toString(16)}:${Deno.pid}` },
    undo: () => void pthread_sigmask(SIGNAL_ACTION.SIG_SETMASK, before, null),
  };
}

/** What was blocked for this program, a bit each, until it has its handlers. */
export function inTransit(): bigint {
  return blocked ??= takeVariable();
}

function takeVariable(): bigint {
  const address = getenv(cString(VARIABLE));
  if (address === 0) return 0n;
  const [signals, pid] = readCString(address).split(":");
  unsetenv(cString(VARIABLE));
  // A child inherits the variable, but was not what it speaks of.
  return Number(pid) === Deno.pid ? BigInt(`0x${signals}`) : 0n;
}

/** What was blocked for this program comes in, once those handlers stand that are set in this turn of the event loop. */
export function unblockAfterExec(): void {
  const signals = inTransit();
  if (signals !== 0n) setTimeout(() => unmask(signals), 0);
}

/** Let these signals, a bit each, in on this thread. */
export function unmask(signals: bigint): void {
  pthread_sigmask(SIGNAL_ACTION.SIG_UNBLOCK, maskOf(signals), null);
}

function maskOf(signals: bigint): DataView<ArrayBuffer> {
  const mask = new DataView(new ArrayBuffer(SIGSET_SIZE));
  mask.setBigUint64(0, signals, true);
  return mask;
}
