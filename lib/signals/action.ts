/** Setting what a signal does. */
import type { SignalName } from "../core/signal_names.ts";
import { discard, keeperOf } from "./delivery.ts";
import type { HandlerEntry, Replaced, SignalDisposition, SignalFlag, SignalHandler } from "./disposition.ts";
import type { Keeper } from "./keeper.ts";
import { catchable, catchableSet } from "./refused.ts";

/** How a handler is run. */
export interface SignalActionOptions {
  /**
   * Flags of sigaction(2): `SA_NOCLDSTOP` (a `SIGCHLD` handler is told of ends alone; as always with `SIGCHLD` not of each,
   * since the kernel merges one with whatever is pending, here a stop or a continuation as well), `SA_NOCLDWAIT` (children leave no
   * status), `SA_NODEFER` (the signal does not wait while its handler runs), `SA_RESETHAND` (the default from the first
   * delivery on). `SA_RESTART`, `SA_SIGINFO` and `SA_ONSTACK` are always in force: no call of this library fails because
   * of a signal.
   */
  flags?: readonly SignalFlag[];
  /** Signals that wait while the handler runs, as the signal itself does; an asynchronous one until its first `await`. */
  mask?: readonly (SignalName | number)[];
  /** Whether the handler is taken away before it runs for the first time. @default {false} */
  once?: boolean;
}

/** What `sigaction` has set; at the end of a `using` block it is taken back. */
export interface SignalAction extends Disposable {
  /** Take it back; the second time does nothing. */
  remove(): void;
}

const FLAGS: readonly SignalFlag[] = [
  "SA_NOCLDSTOP",
  "SA_NOCLDWAIT",
  "SA_NODEFER",
  "SA_ONSTACK",
  "SA_RESETHAND",
  "SA_RESTART",
  "SA_SIGINFO",
];

function entryOf(handler: SignalHandler, { flags = [], mask = [], once = false }: SignalActionOptions): HandlerEntry {
  for (const flag of flags) {
    if (!FLAGS.includes(flag)) throw new TypeError(`There is no flag ${JSON.stringify(flag)}: ${FLAGS.join(", ")}`);
  }
  return { handler, flags: new Set(flags), mask: catchableSet(mask), once };
}

/** What a scope holds of `disposition`. @throws {TypeError} if it is none: handlers by name are not taken. */
export function slotOf(
  signal: SignalName | number,
  disposition: SignalDisposition,
  options: SignalActionOptions = {},
): HandlerEntry | "IGNORE" | "DEFAULT" {
  if (typeof disposition === "function") return entryOf(disposition, options);
  if (disposition === "IGNORE" || disposition === "DEFAULT") return disposition;
  throw new TypeError(
    `What handles ${signal} is a function, "IGNORE" or "DEFAULT", not ${JSON.stringify(disposition) ?? "undefined"}`,
  );
}

/** The kernel is told; what is pending of a signal that is ignored from now on is gone. */
export function settle(keeper: Keeper): void {
  keeper.settle();
  if (keeper.dispositions.handlers.length === 0 && keeper.ignored) discard(({ number }) => number === keeper.number);
}

/**
 * Set what a signal does.
 *
 * A handler is added to those that are there: they run in the order in which they were added, and each can be removed by
 * itself. `"IGNORE"` and `"DEFAULT"` take the place of all handlers of the innermost `localSignal` scope. Handlers run
 * later, on the event loop, at `dispatchSignals()`, or while a blocking (`Sync`) call waits, so they may do anything; what
 * one throws on the event loop is an uncaught error. Waiting for signals does not keep the process alive.
 *
 * A listener that was added by `Deno.addSignalListener` goes on hearing the signal, also when it is set to `"DEFAULT"`,
 * but not while it is ignored; of `SIGUSR1` it hears nothing while there is a handler, as Deno would open its inspector.
 *
 * @param signal Its name or number.
 * @param disposition A handler, or `"IGNORE"` or `"DEFAULT"`. Ignored `SIGCHLD` means that children of this library
 * leave no status: theirs is unknown.
 * @param options How the handler is run.
 * @returns Takes it back: a handler is removed, and with the last one comes back what was there before, what was inherited
 * included. With a word come back the handlers that it has taken the place of, before those that were added since.
 * @throws {TypeError} if there is no such signal; if it cannot be handled (`SIGKILL`, `SIGSTOP`, `SIGSEGV`, `SIGBUS`,
 * `SIGILL`, `SIGFPE`, glibc's 32 and 33, this library's `SIGRTMIN+14`), with the reason; if `disposition` is another
 * string.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there is no descriptor left to catch signals with.
 * @example
 * ```ts
 * import { raise, sigaction } from "@vasty/vasty";
 *
 * let sender: number | undefined;
 * {
 *   using _action = sigaction("SIGUSR2", (info) => sender = info.pid, { mask: ["SIGHUP"] });
 *   raise("SIGUSR2");
 * }
 * console.assert(sender === Deno.pid);
 * ```
 * @see sigaction(2)
 */
export function sigaction(
  signal: SignalName | number,
  disposition: SignalDisposition,
  options: SignalActionOptions = {},
): SignalAction {
  const keeper = keeperOf(catchable(signal));
  const slot = slotOf(signal, disposition, options);
  const undo = typeof slot === "object" ? add(keeper, slot) : replace(keeper, slot);
  let set = true;
  const remove = () => {
    if (set) undo();
    set = false;
  };
  return { remove, [Symbol.dispose]: remove };
}

function add(keeper: Keeper, entry: HandlerEntry): () => void {
  keeper.dispositions.top.added.push(entry);
  const undo = () => {
    keeper.dispositions.drop(entry);
    settle(keeper);
  };
  settleOr(keeper, undo);
  return undo;
}

function replace(keeper: Keeper, word: "IGNORE" | "DEFAULT"): () => void {
  const { dispositions } = keeper;
  const frame = dispositions.top;
  const mine: Replaced = { word, slot: frame.slot, added: frame.added.splice(0) };
  frame.replaced.push(mine);
  frame.slot = word;
  const undo = () => {
    const at = frame.replaced.indexOf(mine);
    const later = frame.replaced[at + 1];
    frame.replaced.splice(at, 1);
    const place = later ?? frame;
    // Where somebody has set something else since, that stays.
    if (place.slot !== word) return;
    place.slot = mine.slot;
    // What was added since comes after it.
    place.added.unshift(...mine.added.filter((entry) => !dispositions.isDropped(entry)));
    settle(keeper);
  };
  settleOr(keeper, undo);
  return undo;
}

/** A change that the kernel refuses did not happen. */
export function settleOr(keeper: Keeper, undo: () => void): void {
  try {
    settle(keeper);
  } catch (error) {
    undo();
    throw error;
  }
}
