/** A child of a pre-forking server as the server sees it. */
import type { Fd } from "../core/fd.ts";
import type { SignalName } from "../core/signal_names.ts";
import { type ChildFault, type ChildWord, PREFORKED, type PreforkedOrders } from "./preforked_child.ts";
import { type ChildEnd, SelfChildChannel, type ServedExport } from "./self_child_channel.ts";

/** What is heard of a child. */
export interface ChildListener {
  /** It has loaded its module. */
  ready(child: PreforkedChild): void;
  /** It has taken a connection, or has none any more. */
  changed(child: PreforkedChild): void;
  /** A connection waits that somebody else has to take. */
  left(child: PreforkedChild): void;
  /** Its handler threw, perhaps because the client was lost; or it can take nothing for now. */
  threw(child: PreforkedChild, fault: ChildFault): void;
  ended(child: PreforkedChild, end: ChildEnd): void;
}

export class PreforkedChild {
  /** Whether it has loaded its module. */
  ready = false;
  /** Whether it has a connection. */
  busy = false;
  /** How many connections it is done with, as far as it has said so. */
  served = 0;
  #held = true;
  #toLook = false;
  readonly #child: SelfChildChannel;
  readonly #listener: ChildListener;

  /** @throws {SyscallError} if it cannot be started. */
  constructor(what: ServedExport, orders: PreforkedOrders, listeners: readonly Fd[], listener: ChildListener) {
    this.#listener = listener;
    this.#child = new SelfChildChannel(what, PREFORKED, orders, listeners);
    this.#hear();
  }

  get pid(): number {
    return this.#child.pid;
  }

  get ended(): Promise<ChildEnd> {
    return this.#child.ended;
  }

  /** Take connections, as soon as it can. */
  go(): void {
    this.#child.tell("go");
  }

  /** Look whether one waits; if it is busy, once it says that it is not: it may have said so, and wait already. */
  look(): void {
    this.#toLook = !this.ready || this.busy;
    if (!this.#toLook) this.#child.tell("look");
  }

  /** Serve who waits already, and end. */
  finish(): void {
    this.#child.tell("finish");
  }

  /** Whether it keeps this program alive while it has no connection. */
  hold(on: boolean): void {
    this.#held = on;
    this.#child.hold(on || this.busy);
  }

  kill(signal: SignalName): void {
    this.#child.kill(signal);
  }

  async #hear(): Promise<void> {
    for await (const word of this.#child.heard()) this.#take(word as ChildWord);
    this.#listener.ended(this, await this.#child.ended);
  }

  #take(word: ChildWord): void {
    if (word === "left") return this.#listener.left(this);
    if (typeof word === "object") return this.#listener.threw(this, word);
    if (word === "ready") this.ready = true;
    else this.busy = word === "busy";
    if (this.#toLook) this.look();
    if (word === "ready") return this.#listener.ready(this);
    if (typeof word === "number") this.served += word;
    if (!this.#held) this.hold(false);
    this.#listener.changed(this);
  }
}
