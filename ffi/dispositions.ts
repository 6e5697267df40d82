/** What the kernel does with a signal: sigaction(2) as the handlers that lie in machine code need it. */
import { SIGACTION, SIGNAL_ACTION, SIGSET_SIZE } from "./abi/signal.ts";
import { pthread_sigmask, sigaction } from "./signal.ts";

export const SIG_DFL = 0n;
export const SIG_IGN = 1n;

let scratch: DataView<ArrayBuffer> | undefined;

/** The handler of `signal`: an address, SIG_DFL or SIG_IGN. */
export function handlerOf(signal: number): bigint {
  scratch ??= new DataView(new ArrayBuffer(SIGACTION.sizeof));
  // Of a signal that libc keeps for itself it says nothing.
  return sigaction(signal, null, scratch) < 0 ? SIG_DFL : scratch.getBigInt64(SIGACTION.sa_handler, true);
}

/** The whole struct sigaction of `signal`, to be set again as it was. */
export function actionOf(signal: number): DataView<ArrayBuffer> {
  const action = new DataView(new ArrayBuffer(SIGACTION.sizeof));
  sigaction(signal, null, action);
  return action;
}

/** The same flags for `catcher` and for whoever else takes a siginfo_t. */
export const HANDLER_FLAGS: number = SIGNAL_ACTION.SA_SIGINFO | SIGNAL_ACTION.SA_ONSTACK | SIGNAL_ACTION.SA_RESTART;

/** Set the handler of `signal`: 0, or -errno. While it runs every signal waits, so that no other comes in between. */
export function setHandler(signal: number, handler: bigint, flags = 0): number {
  const action = new DataView(new ArrayBuffer(SIGACTION.sizeof));
  action.setBigInt64(SIGACTION.sa_handler, handler, true);
  // The kernel takes 64 signals of the mask.
  action.setBigInt64(SIGACTION.sa_mask, -1n, true);
  action.setInt32(SIGACTION.sa_flags, flags, true);
  return sigaction(signal, action, null);
}

/** Whether nothing at all happens at `signal`. */
export function isIgnored(signal: number): boolean {
  return handlerOf(signal) === SIG_IGN;
}

/** Whether this thread blocks `signal`. */
export function isMasked(signal: number): boolean {
  return (maskOfThread() >> BigInt(signal - 1) & 1n) === 1n;
}

/** The signals that this thread blocks, a bit each. */
export function maskOfThread(): bigint {
  const mask = new DataView(new ArrayBuffer(SIGSET_SIZE));
  pthread_sigmask(SIGNAL_ACTION.SIG_BLOCK, null, mask);
  return mask.getBigUint64(0, true);
}
