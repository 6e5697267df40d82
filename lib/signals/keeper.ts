/**
 * The keeper of each signal: it knows who wants it, and has the kernel do what that comes to. Everything that changes a
 * disposition, a mask or a watch ends in {@linkcode Keeper.settle}.
 */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { type Arrival, listen, type Purpose, release, type Rest } from "../../ffi/catcher.ts";
import { type Inherited, inheritedOf } from "../../ffi/inherited.ts";
import { check } from "../core/errors.ts";
import { reaping } from "../core/reaping.ts";
import { nameOfSignal } from "../core/signal_names.ts";
import { Dispositions } from "./disposition.ts";
import type { SignalInfo } from "./signal_info.ts";

/** Gets the signals besides the handlers: an iterator. */
export interface Watcher {
  take(delivery: Delivery): void;
}

/** A signal on its way, and how many still have it. */
export interface Delivery {
  readonly info: SignalInfo;
  /** Watchers that have it and have not passed it on. */
  holders: number;
  /** Whether anybody has used it: then it is not lost if the others give it back. */
  used: boolean;
}

/** Why a signal is held back. */
export interface Block {
  /** Whether there is no such reason any more: it does not come back with a mask. */
  over: boolean;
}

/** What is done before a signal does what it does by default, and again if the program lives on. */
export interface LastAct {
  /** It is about to do that. */
  before(info: SignalInfo): void;
  /** It has, and the program goes on: it was stopped and continued, or somebody else had listened. */
  after(info: SignalInfo): void;
}

/** Where the keepers put what has come; delivery.ts says. */
export type Arrived = (arrival: Arrival) => void;

export class Keeper {
  readonly number: number;
  readonly dispositions = new Dispositions();
  readonly watchers = new Set<Watcher>();
  /** What is done before it does what it does by default. */
  readonly lastActs = new Set<LastAct>();
  /** What it is let do that for just now, and how often it had been before. */
  letting: { readonly info: SignalInfo; readonly times: number } | undefined;
  /** Reasons why it is held back. */
  readonly blocks = new Set<Block>();
  readonly #arrived: Arrived;
  #state: Rest | Purpose = "before";

  constructor(number: number, arrived: Arrived) {
    this.number = number;
    this.#arrived = arrived;
  }

  /** What this program was started with. */
  get inherited(): Inherited {
    return inheritedOf(this.number);
  }

  /** Whether nothing is done about it where there is no handler. */
  get ignored(): boolean {
    const { word } = this.dispositions;
    return word === "IGNORE" || (word === "inherited" && this.inherited === "IGNORE");
  }

  /** Whether it is caught for the last acts alone. */
  get actsLast(): boolean {
    return this.#state === "act last";
  }

  /** Have the kernel do what is wanted. @throws {SyscallError} if there is no descriptor left to catch a signal with. */
  settle(): void {
    const wanted = this.#wanted();
    if (this.number === SIGNAL.SIGCHLD) reaping.set(this, this.#reaps());
    if (wanted === this.#state) return;
    if (wanted === "handle" || wanted === "hold" || wanted === "act last") {
      const rc = listen(this.number, this.#arrived, true, wanted);
      check(rc, `catch ${nameOfSignal(this.number)}`, "sigaction");
    } else release(this.number, this.#arrived, wanted);
    this.#state = wanted;
  }

  #wanted(): Rest | Purpose {
    const { handlers, word } = this.dispositions;
    if (handlers.length > 0 || this.watchers.size > 0) return "handle";
    // An ignored child would be nobody's: what ends is reaped here instead.
    if (word === "IGNORE") return this.number === SIGNAL.SIGCHLD ? "DEFAULT" : "IGNORE";
    if (this.blocks.size > 0) return "hold";
    if (this.lastActs.size > 0 && this.letting === undefined && !this.ignored) return "act last";
    return word === "DEFAULT" ? "DEFAULT" : "before";
  }

  #reaps(): boolean {
    const { handlers, word } = this.dispositions;
    return handlers.length === 0 ? word === "IGNORE" : handlers.some(({ flags }) => flags.has("SA_NOCLDWAIT"));
  }
}
