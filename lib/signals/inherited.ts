/** What a program was started with. */
import { inheritedOf } from "../../ffi/inherited.ts";
import type { SignalName } from "../core/signal_names.ts";
import { catchable } from "./refused.ts";

/**
 * What this program was started with for a signal: `nohup` and `cmd &` in a script start programs that ignore some. Deno
 * puts handlers of its own in place half a second after the start, and the runtime ignores `SIGPIPE` from the start: what
 * was there before is known only to a program that has asked, or used this library for that signal, earlier.
 *
 * @param signal Its name or number.
 * @returns `"DEFAULT"`, `"IGNORE"`, or `"unknown"`.
 * @throws {TypeError} if there is no such signal, or it cannot be handled.
 * @example
 * ```ts
 * import { inheritedSignal } from "@vasty/vasty";
 *
 * console.assert(inheritedSignal("SIGPIPE") === "unknown");
 * ```
 * @see nohup(1)
 */
export function inheritedSignal(signal: SignalName | number): "DEFAULT" | "IGNORE" | "unknown" {
  return inheritedOf(catchable(signal));
}
