/**
 * Signals that wake Deno's loop. The adaptor `catcher` writes a signal's number into a pipe that `node:net` reads, so
 * that one wake-up tells the loop, and goes on to the handler that was there before. Only for the thread that lives as
 * long as the process: a handler must not write into what a Web Worker leaves behind.
 *
 * @module
 */
import { CATCHER } from "./abi/frame.ts";
import { SIGACTION, SIGNAL_ACTION } from "./abi/signal.ts";
import { newPipe, setNonBlocking } from "./descriptors.ts";
import { libc } from "./libc.ts";
import { native } from "./native/code.ts";
import { sigaction } from "./signal.ts";

/** Called with nothing: a signal that comes twice before it is seen comes once. */
type Handler = () => void;

const SIG_IGN = 1n;
const handlers = new Map<number, Handler>();
let opened: Promise<boolean> | undefined;

/**
 * Have `handler` called soon after each `signal`, which does not keep the process alive. False where that cannot be:
 * a signal that is ignored stays so, and there may be no descriptor left.
 */
export async function catchSignal(signal: number, handler: Handler): Promise<boolean> {
  if (!await (opened ??= openPipe())) return false;
  const before = currentHandler(signal);
  if (before === SIG_IGN) return false;
  handlers.set(signal, handler);
  if (before === BigInt(native().catcher)) return true;
  libc().put(native().data + CATCHER.BEFORE + 8 * signal, BigInt64Array.of(before), 8);
  return install(signal, before) === 0;
}

/** Whether the handler of `signal` is still ours: somebody else's may or may not call ours. */
export function isCaught(signal: number): boolean {
  return currentHandler(signal) === BigInt(native().catcher);
}

/** Whether nothing at all happens at `signal`. */
export function isIgnored(signal: number): boolean {
  return currentHandler(signal) === SIG_IGN;
}

function currentHandler(signal: number): bigint {
  const action = new DataView(new ArrayBuffer(SIGACTION.sizeof));
  sigaction(signal, null, action);
  return action.getBigInt64(SIGACTION.sa_handler, true);
}

/** Who was there before may want to know of stopped children; for us alone there are only those that ended. */
function install(signal: number, before: bigint): number {
  const { SA_SIGINFO, SA_ONSTACK, SA_RESTART, SA_NOCLDSTOP } = SIGNAL_ACTION;
  const action = new DataView(new ArrayBuffer(SIGACTION.sizeof));
  action.setBigInt64(SIGACTION.sa_handler, BigInt(native().catcher), true);
  // The kernel takes 64 signals of the mask: all of them, so that no other handler comes in between.
  action.setBigInt64(SIGACTION.sa_mask, -1n, true);
  action.setInt32(SIGACTION.sa_flags, SA_SIGINFO | SA_ONSTACK | SA_RESTART | (before === 0n ? SA_NOCLDSTOP : 0), true);
  return sigaction(signal, action, null);
}

/** The pipe is never closed: the handler may run for as long as the process lives. */
async function openPipe(): Promise<boolean> {
  const pipe = newPipe();
  if (typeof pipe === "number") return false;
  const { Socket } = await import("node:net");
  for (const end of pipe) setNonBlocking(end, true);
  libc().put(native().data + CATCHER.PIPE, Int32Array.of(pipe[1]), 4);
  const socket = new Socket({ fd: pipe[0], readable: true, writable: false });
  socket.on("data", (numbers: Uint8Array) => new Set(numbers).forEach((signal) => handlers.get(signal)?.()));
  socket.unref();
  return true;
}
