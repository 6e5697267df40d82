/** Calls that are tried until the socket is ready for them. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { PEER_DONE, PRIORITY, READABLE, WRITABLE } from "../../ffi/reactor.ts";
import type { Fd } from "../core/fd.ts";
import type { Holding } from "../core/holding.ts";
import type { LimitOptions } from "../core/limit.ts";
import { blockUntil, waitUntil } from "../core/readiness.ts";

/** Make the call again where a signal has interrupted it before it did anything. */
export function again(call: () => number): number {
  for (;;) {
    const rc = call();
    if (rc !== -ERRNO.EINTR) return rc;
  }
}

/** What is waited for. */
export type Direction = "read" | "urgent" | "write";

const EVENTS: Readonly<Record<Direction, number>> = {
  read: READABLE,
  // What came before an urgent byte is readable all the time until that has come.
  urgent: PRIORITY | PEER_DONE,
  write: WRITABLE,
};

/**
 * Wait until `attempt` gives something: whenever it does not, until the socket may be read or written. Nothing is taken
 * once the wait was given up.
 *
 * @throws the signal's reason, a `DOMException` named "TimeoutError", a ClosedError, or what `attempt` throws.
 */
export function tryUntil<T>(
  fd: Fd,
  direction: Direction,
  attempt: () => T | undefined,
  options: LimitOptions,
  holding?: Holding,
): Promise<T> {
  return waitUntil(fd, EVENTS[direction], attempt, options, holding);
}

/** The same, blocking this thread. */
export function tryUntilSync<T>(
  fd: Fd,
  direction: Direction,
  attempt: () => T | undefined,
  options: Omit<LimitOptions, "signal">,
): T {
  return blockUntil(fd, EVENTS[direction], attempt, options);
}
