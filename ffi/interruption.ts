/**
 * What interrupts a call that blocks this thread: a signal, for which handlers may have to run, and a deadline that was
 * set around several calls. Every such call waits by poll.ts, which asks here; no signal can come too early to be seen,
 * as one that interrupts a system call can.
 */

/** One for the isolate. */
export const interruption = {
  /** Becomes readable when a signal has come; -1 as long as none is caught that may interrupt. */
  fd: -1,
  /** Called then. What it throws ends the call. */
  run: (): void => {},
  /** When the time is up, as performance.now() counts. */
  deadline: Infinity,
  /** Called then, to throw. */
  expire: (): void => {},
};

/** Throw if the time is up. */
export function checkDeadline(): void {
  if (performance.now() >= interruption.deadline) interruption.expire();
}

/** `timeout` milliseconds (-1: without limit), or fewer if the time is up before. */
export function untilDeadline(timeout: number): number {
  if (interruption.deadline === Infinity) return timeout;
  const left = Math.max(0, Math.ceil(interruption.deadline - performance.now()));
  return timeout < 0 ? left : Math.min(timeout, left);
}

/** Whether something can interrupt a call: without that the kernel's own wait is all that is needed. */
export function isInterruptible(): boolean {
  return interruption.fd >= 0 || interruption.deadline < Infinity;
}
