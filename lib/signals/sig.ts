/** Perl's %SIG. */
import { keeperOf } from "./delivery.ts";
import { settle, slotOf } from "./action.ts";
import type { SignalDisposition } from "./disposition.ts";
import { signalNames } from "./names.ts";
import { catchable, existing } from "./refused.ts";

/** An object with a property for each signal, by Perl's short name or by the long one. */
export interface Sig {
  /** What is set for the signal of this name. */
  [signal: string]: SignalDisposition | undefined;
}

function get(name: string): SignalDisposition | undefined {
  // What cannot be handled has nothing set, so that all of them can be listed.
  if (!isCatchable(name)) return undefined;
  const keeper = keeperOf(catchable(name));
  const { slot, added } = keeper.dispositions.top;
  if (typeof slot === "object") return slot.handler;
  const last = added.at(-1);
  if (last !== undefined) return last.handler;
  if (slot !== undefined) return slot;
  return keeper.inherited === "unknown" ? undefined : keeper.inherited;
}

function set(name: string, disposition: SignalDisposition | undefined): void {
  const keeper = keeperOf(catchable(name));
  const { top } = keeper.dispositions;
  const before = top.slot;
  top.slot = disposition === undefined ? undefined : slotOf(name, disposition);
  try {
    settle(keeper);
  } catch (error) {
    top.slot = before;
    throw error;
  }
}

/**
 * What each signal does, as Perl's `%SIG`: assign a function, `"IGNORE"` or `"DEFAULT"`, and read back what is set.
 *
 * Assigning replaces what was assigned before, within the innermost `localSignal` scope; handlers that `sigaction` has
 * added there stay, and win over `"IGNORE"` and `"DEFAULT"`. What nobody has set reads as what the program was started
 * with (`nohup` ignores `SIGHUP`), `undefined` where that is not known; `undefined` assigned, or `delete`, goes back to
 * it. See `sigaction` for when handlers run and what is refused.
 *
 * @throws {TypeError} if there is no such signal, if what cannot be handled is assigned to (it reads as `undefined`), or if what is assigned is another string: no handlers
 * by name.
 * @example
 * ```ts
 * import { SIG } from "@vasty/vasty";
 *
 * SIG.HUP = (info) => console.log(`hang-up from ${info.pid}`);
 * console.assert(typeof SIG.HUP === "function");
 * SIG.HUP = "IGNORE";
 * console.assert(SIG.SIGHUP === "IGNORE");
 * delete SIG.HUP;
 * ```
 * @see perlvar(1), `%SIG`
 */
export const SIG: Sig = new Proxy<Sig>({}, {
  get: (target, name) => typeof name === "symbol" ? Reflect.get(target, name) : get(name),
  set: (_target, name, value) => {
    if (typeof name === "symbol") return false;
    set(name, value);
    return true;
  },
  deleteProperty: (_target, name) => {
    if (typeof name === "string") set(name, undefined);
    return true;
  },
  has: (_target, name) => typeof name === "string" && names().includes(name.replace(/^SIG/, "")),
  ownKeys: () => names(),
  getOwnPropertyDescriptor: (_target, name) => {
    if (typeof name === "symbol" || !names().includes(name)) return undefined;
    return { value: get(name), writable: true, enumerable: true, configurable: true };
  },
});

/** Perl's short names. */
function names(): string[] {
  return signalNames().map((name) => name.slice(3));
}

function isCatchable(name: string): boolean {
  existing(name);
  try {
    return catchable(name) > 0;
  } catch {
    return false;
  }
}
