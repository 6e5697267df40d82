/** Calls that are tried until the socket is ready for them. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { READABLE, WRITABLE } from "../../ffi/reactor.ts";
import type { Fd } from "../core/fd.ts";
import { Deadline, type LimitOptions, type WaitOptions } from "../core/limit.ts";
import { blockUntil, waitReadable, waitWritable } from "../core/readiness.ts";

/** Make the call again where a signal has interrupted it before it did anything. */
export function again(call: () => number): number {
  for (;;) {
    const rc = call();
    if (rc !== -ERRNO.EINTR) return rc;
  }
}

/** What is waited for. */
export type Direction = "read" | "write";

/**
 * Wait until `attempt` gives something: whenever it does not, until the socket may be read or written. Nothing is taken
 * once the wait was given up.
 *
 * @throws the signal's reason, a `DOMException` named "TimeoutError", a ClosedError, or what `attempt` throws.
 */
export async function tryUntil<T>(
  fd: Fd,
  direction: Direction,
  attempt: () => T | undefined,
  options: WaitOptions,
): Promise<T> {
  const deadline = new Deadline(options);
  const wait = direction === "read" ? waitReadable : waitWritable;
  for (;;) {
    const result = attempt();
    if (result !== undefined) return result;
    await wait(fd, deadline.options);
  }
}

/** The same, blocking this thread. */
export function tryUntilSync<T>(
  fd: Fd,
  direction: Direction,
  attempt: () => T | undefined,
  options: Omit<LimitOptions, "signal">,
): T {
  return blockUntil(fd, direction === "read" ? READABLE : WRITABLE, attempt, options);
}
