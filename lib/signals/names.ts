/** Signals by name and by number. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { libcSigrtmax, libcSigrtmin } from "../../ffi/signal.ts";
import { nameOfSignal, type SignalName } from "../core/signal_names.ts";
import { existing } from "./refused.ts";

/**
 * The name of a signal as Deno writes it; of one that has several, the usual one.
 *
 * @param signal Its number, or another of its names: `CLD`, `POLL`, `IOT`.
 * @returns Such as `"SIGCHLD"` or `"SIGRTMIN+3"`; glibc's own two are `"signal 32"` and `"signal 33"`.
 * @throws {TypeError} if there is no such signal.
 * @example
 * ```ts
 * import { signalName } from "@vasty/vasty";
 *
 * console.assert(signalName(17) === "SIGCHLD" && signalName("CLD") === "SIGCHLD");
 * ```
 * @see signal(7)
 */
export function signalName(signal: SignalName | number): string {
  return nameOfSignal(existing(signal));
}

/**
 * The number of a signal on this machine.
 *
 * @param signal Its name, with or without `SIG`: `"SIGALRM"`, `"ALRM"`, `"RTMIN+1"`.
 * @returns From 1 to 64.
 * @throws {TypeError} if there is no such signal.
 * @example
 * ```ts
 * import { signalNumber } from "@vasty/vasty";
 *
 * console.assert(signalNumber("ALRM") === 14 && signalNumber("SIGRTMAX") === 64);
 * ```
 * @see signal(7)
 */
export function signalNumber(signal: SignalName | number): number {
  return existing(signal);
}

/**
 * The signals of this machine in the order of their numbers, as `kill -l` lists them. Of those with several names it has
 * the usual one; the two that glibc keeps for itself are not among them.
 *
 * @returns `"SIGHUP"`, `"SIGINT"` and so on to `"SIGRTMAX"`, which is `"SIGRTMIN+30"` here.
 * @example
 * ```ts
 * import { signalNames } from "@vasty/vasty";
 *
 * console.assert(signalNames()[0] === "SIGHUP" && signalNames().includes("SIGRTMIN+1"));
 * ```
 * @see kill(1)
 */
export function signalNames(): string[] {
  const first = libcSigrtmin();
  const realTime = Array.from({ length: libcSigrtmax() - first + 1 }, (_, i) => nameOfSignal(first + i));
  return [...Object.keys(SIGNAL), ...realTime];
}
