/** The one step in which a `Sync` call of this area blocks the thread that runs JavaScript. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { Interruption } from "../../ffi/time.ts";
import { syscallError } from "../core/errors.ts";

/** The longest time that is a limit, as with `timeout` elsewhere. */
const LONGEST = 2 ** 31 - 1;

/**
 * Make `call` until it is not interrupted: its result, or -ETIMEDOUT once `timeout` milliseconds have passed.
 *
 * This is where handlers of signals belong that are written in JavaScript: a signal that has one ends `call` with EINTR,
 * the handler runs, and `call` is made again, unless the handler throws.
 */
export function blocking(call: () => number, timeout: number): number {
  const deadline = performance.now() + timeout;
  const interruption = timeout > LONGEST ? null : Interruption.after(timeout);
  if (typeof interruption === "number") throw syscallError("set a time limit", -interruption, "timer_create");
  using _interruption = interruption;
  for (;;) {
    const rc = call();
    if (rc !== -ERRNO.EINTR) return rc;
    if (performance.now() >= deadline) return -ERRNO.ETIMEDOUT;
  }
}
