/** Signals that a program cannot handle, and why. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { kickSignal } from "../../ffi/signal_record.ts";
import { libcSigrtmin } from "../../ffi/signal.ts";
import { nameOfSignal, numberOfSignal, type SignalName } from "../core/signal_names.ts";

/** Signals by their names or numbers, in any order. */
export type SignalSet = readonly (SignalName | number)[];

const BY_KERNEL = "the kernel lets no process catch, block or ignore it";
const BY_FAULT = "it reports a fault of the running instruction, which would fault again and again";
const BY_LIBC = "the C library keeps it for its threads";
const BY_US = "this library keeps it for ending blocked calls and for finding its record of signals";

const REASONS = new Map<number, string>([
  [SIGNAL.SIGKILL, BY_KERNEL],
  [SIGNAL.SIGSTOP, BY_KERNEL],
  ...[SIGNAL.SIGSEGV, SIGNAL.SIGBUS, SIGNAL.SIGILL, SIGNAL.SIGFPE].map((number) => [number, BY_FAULT] as const),
]);

/** The first signal that libc may keep; those from SIGRTMIN on are the program's. */
const FIRST_REAL_TIME = 32;

/** The number of a signal from 1 on. @throws {TypeError} if there is none of this name or number. */
export function existing(signal: SignalName | number): number {
  const number = numberOfSignal(signal);
  if (number === 0) throw new TypeError("There is no signal 0");
  return number;
}

/** The number of a signal that may be handled, ignored or blocked. @throws {TypeError} with the reason, if it may not. */
export function catchable(signal: SignalName | number): number {
  const number = existing(signal);
  const reason = REASONS.get(number) ?? reserved(number);
  if (reason !== undefined) throw new TypeError(`Cannot handle ${nameOfSignal(number)}: ${reason}`);
  return number;
}

function reserved(number: number): string | undefined {
  if (number >= FIRST_REAL_TIME && number < libcSigrtmin()) return BY_LIBC;
  return number === kickSignal() ? BY_US : undefined;
}

/** A list without doubles. @throws {TypeError} as {@linkcode catchable}. */
export function catchableSet(signals: Iterable<SignalName | number>): Set<number> {
  return new Set([...signals].map(catchable));
}
