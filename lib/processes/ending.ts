/** How a child is ended, and what else with it. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { READABLE, ready } from "../../ffi/reactor.ts";
import { IN_WORKER } from "../../ffi/web_worker.ts";
import { Fd } from "../core/fd.ts";
import { Limit } from "../core/limit.ts";
import { numberOfSignal, type SignalName } from "../core/signal_names.ts";
import { becomeSubreaper } from "./orphans.ts";
import type { ProcessEntry } from "./process_table.ts";
import { newMark, pin, type ProcessTree } from "./process_tree.ts";

/** Milliseconds that a child has between SIGTERM and SIGKILL where nothing else was said. */
export const GRACE = 5_000;
/** The same when a time limit has been reached: an abort settles within 100 ms. */
export const GRACE_AT_LIMIT = 50;

/** @throws {RangeError} if `grace` is negative or not a number: nothing would kill who does not comply. */
export function checkGrace(grace = 0): void {
  if (!(grace >= 0)) throw new RangeError(`grace must be a number of milliseconds from 0 on: ${grace}`);
}

/** Whom {@linkcode Child.kill} reaches. */
export interface KillOptions {
  /**
   * Whether all its descendants get the signal as well, whatever session or group they are in. Who has lost its parent
   * is found in the child's group and session, if it was seen before, or with the option `subreaper` of `spawn`.
   * @default {false, or what `spawn` was told}
   */
  tree?: boolean;
}

/** How {@linkcode Child.terminate} ends a child. */
export interface TerminateOptions extends KillOptions {
  /** The signal that asks it to end. @default {"SIGTERM"} */
  signal?: SignalName;
  /** Milliseconds until SIGKILL. @default {5_000} */
  grace?: number;
}

/** What ends with a child, and what a child ends with. */
export interface EndOptions {
  /**
   * Whether a time limit, `terminate()`, and the end of an `await using` block end its descendants as well; see
   * {@linkcode KillOptions.tree}.
   * @default {false}
   */
  tree?: boolean;
  /**
   * Whether descendants that lose their parent become children of this program, instead of init's, so that the tree is
   * complete: daemons that have forked twice are found, and reaped when they end. It makes this program a subreaper, for
   * good and for all its children, and gives the child a variable `VASTY_TREE_...` by which its tree is known.
   * @default {false}
   */
  subreaper?: boolean;
  /**
   * The signal that it gets, its descendants too with `tree`, when this program ends by itself or by `Deno.exit()`; or
   * `"leave"`. The program's end does not wait for it. An uncaught error, a signal, and `kill -9` end the program without
   * another line of it running: then the kernel sends it, to the child alone, as `parentDeathSignal`.
   *
   * A child of a Web Worker gets it when that worker calls `Deno.exit()`, and at no other end: nobody tells the worker of
   * `close()`, `terminate()`, an error of its own and the end of the program. Start it from the main thread instead.
   * @default {"leave"}
   */
  onParentEnd?: SignalName | "leave";
}

/** Where the options that `spawn` goes on with keep the mark of the child's tree. */
const MARK = Symbol("mark");

type StartOptions = EndOptions & { env?: Record<string, string>; parentDeathSignal?: SignalName };

/** `options` with what the start has to do for them: a subreaper's tree gets its mark. */
export function withMark<T extends StartOptions>(options: T): T {
  options = withDeathSignal(options);
  if (!options.subreaper) return options;
  becomeSubreaper();
  const mark = newMark();
  return { ...options, env: { ...options.env, [mark]: "1" }, [MARK]: mark };
}

/** What ends without another line of ours running is left to the kernel, but in a Web Worker, whose thread it would mean. */
function withDeathSignal<T extends StartOptions>(options: T): T {
  const { onParentEnd = "leave", parentDeathSignal = onParentEnd } = options;
  if (onParentEnd === "leave") return options;
  numberOfSignal(onParentEnd);
  return IN_WORKER ? options : { ...options, parentDeathSignal };
}

/** The mark that {@linkcode withMark} gave. */
export function markOf(options: object): string | undefined {
  return (options as { [MARK]?: string })[MARK];
}

/** Ask all of `tree` to end, and kill who has not after `grace` milliseconds. Resolves when nobody is left. */
export async function endTree(tree: ProcessTree, signal: number, grace: number): Promise<void> {
  const deadline = performance.now() + grace;
  let left = tree.signal(signal);
  // Who is stopped sees no signal but KILL before it is continued.
  if (left.some(({ state }) => state === "T")) tree.signal(SIGNAL.SIGCONT);
  while (left.length > 0 && await gone(left, deadline - performance.now())) left = tree.walk();
  if (left.length > 0) await gone(tree.kill(), Infinity);
}

/** Wait until all of `entries` have ended: false if some have not within `ms`, or cannot be waited for. */
async function gone(entries: readonly ProcessEntry[], ms: number): Promise<boolean> {
  const pins: Fd[] = [];
  try {
    for (const entry of entries) {
      const pidfd = pin(entry);
      if (pidfd === undefined) continue;
      if (pidfd < 0) return false;
      pins.push(Fd.adopt(aboveStandard(pidfd)));
    }
    // Most are no children of ours: no SIGCHLD tells of their end.
    const waits = pins.map(({ number }) => ready(number, READABLE));
    using _limit = new Limit({ timeout: Math.max(0, ms) }, () => waits.forEach((wait) => wait.cancel()));
    const results = await Promise.all(waits.map(({ result }) => result));
    return results.every((result) => result >= 0);
  } finally {
    for (const fd of pins) fd.close();
  }
}
