/** A disposition for one block. */
import type { SignalName } from "../core/signal_names.ts";
import { settle, settleOr, type SignalAction, type SignalActionOptions, slotOf } from "./action.ts";
import { keeperOf } from "./delivery.ts";
import type { SignalDisposition } from "./disposition.ts";
import { catchable } from "./refused.ts";

/**
 * Set what a signal does until the end of a block, as Perl's `local $SIG{INT}`: in everything that is called there, across
 * `await` as well. What was set before has no effect meanwhile, and has it again afterwards, whether the block was left or
 * thrown out of. Scopes that overlap may end in any order.
 *
 * It is the program's disposition that changes: what runs beside an asynchronous block sees the change as well.
 *
 * @param signal Its name or number.
 * @param disposition A handler, `"IGNORE"` or `"DEFAULT"`.
 * @param options How the handler is run.
 * @returns Ends the scope; the second time does nothing.
 * @throws {TypeError} as `sigaction`.
 * @throws {SyscallError} as `sigaction`.
 * @example
 * ```ts
 * import { localSignal, raise } from "@vasty/vasty";
 *
 * {
 *   using _quiet = localSignal("SIGINT", "IGNORE");
 *   raise("SIGINT"); // nothing happens
 * }
 * ```
 * @see perlipc(1), "Signals"
 */
export function localSignal(
  signal: SignalName | number,
  disposition: SignalDisposition,
  options: SignalActionOptions = {},
): SignalAction {
  const keeper = keeperOf(catchable(signal));
  const frame = keeper.dispositions.push(slotOf(signal, disposition, options));
  const remove = () => {
    keeper.dispositions.remove(frame);
    settle(keeper);
  };
  settleOr(keeper, remove);
  return { remove, [Symbol.dispose]: remove };
}
