/** Doing something before a signal does what it does by default. */
import type { SignalName } from "../core/signal_names.ts";
import { settleOr, type SignalAction } from "./action.ts";
import { keeperOf } from "./delivery.ts";
import type { LastAct } from "./keeper.ts";
import { catchableSet, type SignalSet } from "./refused.ts";
import type { SignalInfo } from "./signal_info.ts";

/** What is to be done around the default action of a signal. */
export interface DefaultAction {
  /** Called when the signal is about to end or to stop the program. What it throws is an uncaught error. */
  before(info: SignalInfo): void;
  /** Called if the program goes on all the same: it was continued, or a listener of Deno's has heard the signal. */
  after?(info: SignalInfo): void;
}

/**
 * Do something before a signal does what it does by default: put a terminal back before `SIGINT` ends the program, or
 * `SIGTSTP` stops it. Nothing is called where the program handles the signal itself or ignores it, so that this never
 * changes whether it ends. The default action follows as soon as `before` returns; a promise would not be waited for, which
 * {@linkcode trap} does.
 *
 * @param signals Their names or numbers. A signal that does nothing by default, such as `SIGCHLD`, calls nothing.
 * @param action What to do. Of several, the latest is called first.
 * @returns Takes it back.
 * @throws {TypeError} if there is no such signal or it cannot be caught.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there is no descriptor left to catch signals with.
 * @example
 * ```ts
 * import { beforeDefault } from "@vasty/vasty";
 *
 * using _show = beforeDefault(["SIGINT", "SIGTERM"], { before: () => console.log("\x1b[?25h") });
 * ```
 * @see signal(7)
 */
export function beforeDefault(signals: SignalSet, action: DefaultAction): SignalAction {
  const act: LastAct = {
    before: (info) => action.before(info),
    after: (info) => action.after?.(info),
  };
  const keepers = [...catchableSet(signals as readonly (SignalName | number)[])].map(keeperOf);
  const remove = () => {
    for (const keeper of keepers) if (keeper.lastActs.delete(act)) keeper.settle();
  };
  for (const keeper of keepers) {
    keeper.lastActs.add(act);
    settleOr(keeper, remove);
  }
  return { remove, [Symbol.dispose]: remove };
}
