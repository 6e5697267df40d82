/** Cleaning up before a signal ends the program: Perl's sigtrap. */
import { forceDefault } from "../../ffi/installation.ts";
import { kill } from "../../ffi/signal.ts";
import { unmask } from "../../ffi/transit.ts";
import type { SignalName } from "../core/signal_names.ts";
import { sigaction, type SignalAction } from "./action.ts";
import { keeperOf } from "./delivery.ts";
import { runLastActs } from "./last_acts.ts";
import { catchable } from "./refused.ts";
import type { SignalInfo } from "./signal_info.ts";

/** What ends most programs that are told to end. */
const ENDING: readonly SignalName[] = ["SIGHUP", "SIGINT", "SIGPIPE", "SIGTERM"];

/**
 * Clean up when a signal is about to end the program, and then end by that signal, so that a shell or a supervisor sees
 * what happened. A second such signal while `cleanup` still waits for something ends the program at once.
 *
 * @param cleanup What to do; a promise is waited for. What it throws is reported, and the program ends all the same.
 * @param signals The signals; `SIGHUP`, `SIGINT`, `SIGPIPE` and `SIGTERM` unless others are named. One that the program
 * was started to ignore (`nohup`) is caught as well: leave it out if it shall stay ignored.
 * @returns Removes the trap.
 * @throws {TypeError} if there is no such signal or it cannot be caught.
 * @example
 * ```ts
 * import { trap } from "@vasty/vasty";
 *
 * const folder = Deno.makeTempDirSync();
 * using _trap = trap(() => Deno.removeSync(folder, { recursive: true }));
 * Deno.removeSync(folder);
 * ```
 * @see sigtrap(3perl)
 */
export function trap(
  cleanup: (info: SignalInfo) => unknown,
  signals: readonly (SignalName | number)[] = ENDING,
): SignalAction {
  let begun = false;
  const handle = async (info: SignalInfo) => {
    if (begun) endBy(info);
    begun = true;
    try {
      await cleanup(info);
    } catch (error) {
      console.error(error);
    } finally {
      endBy(info);
    }
  };
  const numbers = signals.map(catchable);
  const actions = new DisposableStack();
  for (const number of numbers) actions.use(sigaction(number, handle));
  const remove = () => actions.dispose();
  return { remove, [Symbol.dispose]: remove };
}

/** End this process by a signal. */
function endBy(info: SignalInfo): never {
  const { number } = info;
  runLastActs(keeperOf(number), "before", info, console.error);
  forceDefault(number);
  unmask(1n << BigInt(number - 1));
  kill(Deno.pid, number);
  // What does not end a process by default has not ended this one.
  Deno.exit(128 + number);
}
