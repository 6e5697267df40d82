/** What a program wants of a signal: handlers, to ignore it, or what it does by default. */
import type { SignalInfo } from "./signal_info.ts";

/** Called with each signal, on the event loop or at a safe point; see `sigaction`. */
export type SignalHandler = (info: SignalInfo) => unknown;

/** What can be set for a signal: a function, or one of Perl's two words. */
export type SignalDisposition = SignalHandler | "IGNORE" | "DEFAULT";

/** Flags of sigaction(2). `SA_SIGINFO` and `SA_ONSTACK` are always in force, and may be named. */
export type SignalFlag =
  | "SA_NOCLDSTOP"
  | "SA_NOCLDWAIT"
  | "SA_NODEFER"
  | "SA_ONSTACK"
  | "SA_RESETHAND"
  | "SA_RESTART"
  | "SA_SIGINFO";

/** One handler and how it is run. */
export interface HandlerEntry {
  readonly handler: SignalHandler;
  readonly flags: ReadonlySet<SignalFlag>;
  /** Signals that wait while it runs. */
  readonly mask: ReadonlySet<number>;
  readonly once: boolean;
}

/** What one scope has set. */
export interface Frame {
  /** What was assigned; nothing in the outermost scope as long as nothing was. */
  slot: HandlerEntry | "IGNORE" | "DEFAULT" | undefined;
  /** What was added to it. */
  readonly added: HandlerEntry[];
  /** What words have taken the place of, the latest last. */
  readonly replaced: Replaced[];
}

/** A word and what it has taken the place of. */
export interface Replaced {
  readonly word: "IGNORE" | "DEFAULT";
  slot: Frame["slot"];
  readonly added: HandlerEntry[];
}

/** `SIG_IGN`, `SIG_DFL`, or what was there before this library. */
export type Word = "IGNORE" | "DEFAULT" | "inherited";

/** The scopes of one signal; the innermost counts. */
export class Dispositions {
  readonly #frames: Frame[] = [{ slot: undefined, added: [], replaced: [] }];
  readonly #dropped = new WeakSet<HandlerEntry>();

  /** The innermost scope. */
  get top(): Frame {
    return this.#frames.at(-1)!;
  }

  /** Begin a scope. */
  push(slot: Frame["slot"]): Frame {
    const frame: Frame = { slot, added: [], replaced: [] };
    this.#frames.push(frame);
    return frame;
  }

  /** End a scope, the innermost or not. */
  remove(frame: Frame): void {
    const at = this.#frames.indexOf(frame);
    if (at > 0) this.#frames.splice(at, 1);
  }

  /** The handlers in force, in the order in which they are run. */
  get handlers(): readonly HandlerEntry[] {
    const { slot, added } = this.top;
    return typeof slot === "object" ? [slot, ...added] : added;
  }

  /** What is in force where there is no handler. */
  get word(): Word {
    const { slot } = this.top;
    return typeof slot === "string" ? slot : "inherited";
  }

  /** Whether `entry` was taken away: what was set aside with it comes back without it. */
  isDropped(entry: HandlerEntry): boolean {
    return this.#dropped.has(entry);
  }

  /** Take one handler away, wherever it is. */
  drop(entry: HandlerEntry): void {
    this.#dropped.add(entry);
    for (const frame of this.#frames) {
      if (frame.slot === entry) frame.slot = frame === this.#frames[0] ? undefined : "DEFAULT";
      const at = frame.added.indexOf(entry);
      if (at >= 0) frame.added.splice(at, 1);
    }
  }
}
