/** Signals that other threads are about to catch: on the thread that runs JavaScript there are none, on others there may be. */
import { numbersIn } from "./dirent.ts";
import { poll } from "./poll.ts";
import { textOf } from "./proc.ts";
import { tgkill } from "./signal.ts";
import { kickSignal } from "./signal_record.ts";
import { gettid } from "./unistd.ts";

/** Milliseconds that another thread may take on a busy machine. */
const PATIENCE = 2_000;

/**
 * Block until `signal`, where it was sent before, has been caught. Only for a thread that is not the process's first: what
 * that catches it has caught when its next call returns.
 */
export function untilCaught(signal: number): void {
  const deadline = performance.now() + PATIENCE;
  waitWhile(() => isPendingIn("/proc/self/status", "ShdPnd", signal), deadline);
  untilHandled(deadline);
}

/**
 * Block until the other threads are done with the signals that they are catching. While `catcher` runs, and the handler that
 * it goes on to, every other signal waits: a kick that a thread has taken tells that it is done.
 */
export function untilHandled(deadline: number = performance.now() + PATIENCE): void {
  const threads = numbersIn("/proc/self/task");
  if (typeof threads === "number") return;
  const others = threads.filter((tid) => tid !== gettid() && tgkill(Deno.pid, tid, kickSignal()) === 0);
  for (const tid of others) {
    waitWhile(() => isPendingIn(`/proc/self/task/${tid}/status`, "SigPnd", kickSignal()), deadline);
  }
}

function waitWhile(isSo: () => boolean, deadline: number): void {
  while (isSo() && performance.now() < deadline) poll(new Uint8Array(0), 0, 1);
}

/** Whether a set of signals in a status of /proc has `signal`. */
function isPendingIn(path: string, set: string, signal: number): boolean {
  const text = textOf(path);
  const bits = typeof text === "string" ? new RegExp(`^${set}:\\s*(\\w+)$`, "m").exec(text)?.[1] : undefined;
  return bits !== undefined && (BigInt(`0x${bits}`) >> BigInt(signal - 1) & 1n) === 1n;
}
