/**
 * Calls that wait for another process and have no descriptor: on a thread of the library's, or blocking this one. What is
 * given up settles only once the kernel's call has returned, so that nothing is taken and thrown away: if it has succeeded
 * after all, it has succeeded.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import type { Bound } from "../../ffi/bind.ts";
import { block } from "../../ffi/blocking.ts";
import { offload } from "../../ffi/workers.ts";
import { onClosing } from "../core/closing.ts";
import { ClosedError } from "../core/errors.ts";
import { checkLimit, Limit, type LimitOptions, timeoutReason } from "../core/limit.ts";

/** A call of libc that waits; what it points to is freed by disposing. */
export interface WaitingCall extends Disposable {
  readonly fn: Bound<readonly ("int" | "long" | "address")[]>;
  readonly args: readonly number[];
}

/**
 * Wait on a thread of the library's until `call` has returned: its value or -errno. `owner` is what may be closed
 * meanwhile (tellClosing), which ends the wait.
 *
 * @throws the signal's reason, a `DOMException` named "TimeoutError", or a ClosedError, if nothing was done.
 */
export async function waitFor(call: WaitingCall, options: LimitOptions, owner: object): Promise<number> {
  let failure: { reason: unknown } | undefined;
  let cancel = () => {};
  const giveUp = (reason: unknown) => {
    failure ??= { reason };
    cancel();
  };
  options.signal?.throwIfAborted();
  if (options.timeout === 0) throw timeoutReason(options.total ?? 0, options.what?.());
  using _limit = new Limit(options, giveUp);
  using _closing = onClosing(owner, () => giveUp(new ClosedError("It was closed while it was waited for")));
  const wait = offload(call.fn, call.args as number[]);
  cancel = () => wait.cancel();
  const rc = await wait.result;
  if (rc === -ERRNO.ECANCELED && failure !== undefined) throw failure.reason;
  return rc;
}

/** What a handler may close meanwhile. */
export interface Closable {
  readonly closed: boolean;
}

/**
 * Block this thread until `call` has returned: its value or -errno. Handlers of signals run meanwhile; where one of them
 * closes `owner`, that ends the wait.
 *
 * @throws a `DOMException` named "TimeoutError", or a ClosedError, if nothing was done; or what a handler throws: `undo` gets
 * the call's value before, if it has succeeded all the same.
 */
export function waitForSync(
  call: WaitingCall,
  { timeout = Infinity, total = timeout, what }: LimitOptions,
  undo: (rc: number) => void,
  owner?: Closable,
): number {
  checkLimit({ timeout });
  let rc = -ERRNO.ETIMEDOUT;
  if (timeout > 0) rc = block(call.fn, call.args, timeout, undo, () => owner?.closed === true);
  if (rc === -ERRNO.ETIMEDOUT) throw timeoutReason(total, what?.());
  if (rc === -ERRNO.ECANCELED && owner?.closed) throw new ClosedError("It was closed while it was waited for");
  return rc;
}
