/**
 * The one record that a process has of its signals, whatever number of copies of the library is in it (Web Workers, the
 * bundle beside mod.ts): the first copy places it, the others find it by the handler of a signal that is kept for it.
 *
 * @module
 */
import { CATCHER } from "./abi/frame.ts";
import { SIGNAL_ACTION } from "./abi/signal.ts";
import { handlerOf, setHandler } from "./dispositions.ts";
import { libc } from "./libc.ts";
import { adaptorsOf, type Native, native } from "./native/code.ts";
import { libcSigrtmin } from "./signal.ts";

let record: Native | undefined;

/** The real-time signal that is kept for ending a worker's blocking call, and for that record: SIGRTMIN+14. */
export function kickSignal(): number {
  return libcSigrtmin() + 14;
}

/** The adaptors of whoever was first. What is said there of `data` belongs to the process. */
export function signalRecord(): Native {
  return existingRecord() ?? (record = place());
}

/** The record, if any copy has made it. */
export function existingRecord(): Native | undefined {
  return record ??= find();
}

function find(): Native | undefined {
  const handler = Number(handlerOf(kickSignal()));
  // Nothing is read from before the page that a stranger's handler begins.
  return handler % 4_096 >= 16 ? adaptorsOf(handler) : undefined;
}

/**
 * Whether the kick ends the call of the thread that gets it with EINTR. Only while calls of our workers are to end: Deno's
 * threads get it as well, to keep signals from them, and a read of theirs goes on as if nothing had come.
 */
export function kickInterrupts(on: boolean): void {
  setKick(signalRecord().kick, on);
}

function setKick(kick: number, interrupts: boolean): void {
  const { SA_SIGINFO, SA_RESTART } = SIGNAL_ACTION;
  setHandler(kickSignal(), BigInt(kick), interrupts ? SA_SIGINFO : SA_SIGINFO | SA_RESTART);
}

function place(): Native {
  const own = native();
  libc().put(own.data + CATCHER.PID, Int32Array.of(Deno.pid), 4);
  setKick(own.kick, false);
  return own;
}
