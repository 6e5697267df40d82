/** What a program says, carried on as it comes; it has its turn among the expects of the dialog. */
import { SyscallError } from "../core/errors.ts";
import { type DialogParts, partsOf } from "./dialog_parts.ts";
import type { Place } from "./line_up.ts";
import type { PatternWatch } from "./pattern_watch.ts";

/** Text on its way. */
export interface Delivery {
  readonly done: Promise<void>;
  /** How many of its characters will not be delivered again by now, even if the rest is given up. */
  readonly passed: number;
}

/** Where it goes, and who is told. */
export interface OutflowOwner {
  /** Carry text on; more is read once that is done. */
  deliver(text: string): Delivery;
  /** A pattern was found: whether to go on. */
  hit(hit: NonNullable<ReturnType<PatternWatch["step"]>["hit"]>): Promise<boolean>;
  /** The program says no more. */
  ended(): void;
  fail(reason: unknown): void;
}

/** The other side reads no more: its end is told by what it says, or no longer says. */
const UNREAD = ["EPIPE", "EIO", "ECONNRESET"];

/** A send to somebody who may have ended. @throws what else it throws. */
export async function unlessGone(sending: Promise<void>): Promise<void> {
  try {
    await sending;
  } catch (error) {
    if (!(error instanceof SyscallError && UNREAD.includes(error.code))) throw error;
  }
}

/** Characters carried on at once. */
const MOST = 64 * 1024;

export class Outflow implements Place {
  readonly #parts: DialogParts;
  readonly #watch: PatternWatch;
  readonly #owner: OutflowOwner;
  #carrying = false;
  /** What is on its way, and its place in all that ever came. */
  #delivery: { delivery: Delivery; place: number } | undefined;
  /** Handlers that run. */
  #handlers = 0;
  #over = false;

  /** @throws {TypeError} if it is no dialog. @throws {ClosedError} if it was closed. */
  constructor(dialog: object, watch: PatternWatch, owner: OutflowOwner) {
    this.#parts = partsOf(dialog);
    if (this.#parts.closed) throw this.#parts.closed.reason;
    this.#watch = watch;
    this.#owner = owner;
  }

  /** Whether a handler runs, whose expects come first. */
  get suspended(): boolean {
    return this.#handlers > 0;
  }

  begin(): void {
    this.#parts.lineUp.enter(this);
    this.#parts.lineUp.run();
  }

  look(): boolean {
    if (this.#carrying) return false;
    const { intake } = this.#parts;
    if (intake.buffer.length > 0) {
      this.#carry();
      return false;
    }
    if (!intake.over) {
      intake.want();
      return false;
    }
    this.leave();
    intake.failure ? this.#owner.fail(intake.failure.reason) : this.#owner.ended();
    return true;
  }

  async #carry(): Promise<void> {
    this.#carrying = true;
    try {
      const { used, hit } = this.#watch.step(this.#next());
      if (used > 0) await this.#deliver(used);
      if (this.#over) return;
      if (hit !== undefined && !await this.#handle(hit)) return;
    } catch (error) {
      return this.fail(error);
    }
    this.#carrying = false;
    this.#parts.lineUp.run();
  }

  /** The first `count` characters that wait. */
  async #deliver(count: number): Promise<void> {
    const { buffer, taken: place } = this.#parts.intake;
    const delivery = this.#owner.deliver(buffer.slice(0, count));
    this.#delivery = { delivery, place };
    try {
      await delivery.done;
    } finally {
      this.#settle();
    }
  }

  /** What has passed leaves the buffer, and nothing else: what is given up is not lost, and nobody has it twice. */
  #settle(): void {
    if (this.#delivery === undefined) return;
    const { delivery, place } = this.#delivery;
    this.#delivery = undefined;
    this.#parts.intake.takeUpTo(place + delivery.passed);
  }

  /** Whole characters. */
  #next(): string {
    const { buffer } = this.#parts.intake;
    const text = buffer.slice(0, MOST);
    return text.length < buffer.length && !text.isWellFormed() ? buffer.slice(0, MOST - 1) : text;
  }

  async #handle(hit: Parameters<OutflowOwner["hit"]>[0]): Promise<boolean> {
    return await this.aside(() => this.#owner.hit(hit)) && !this.#over;
  }

  /** Do `work`, which may hold the dialog meanwhile. What is on its way has left the buffer by then. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    const { lineUp } = this.#parts;
    this.#handlers++;
    lineUp.suspended++;
    try {
      await this.#delivery?.delivery.done;
      await undefined;
      return await work();
    } finally {
      this.#handlers--;
      lineUp.suspended--;
      lineUp.run();
    }
  }

  fail(reason: unknown): void {
    if (this.#over) return;
    this.leave();
    this.#owner.fail(reason);
  }

  /** It carries no more; those behind it have their turn. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#settle();
    this.#parts.lineUp.leave(this);
    this.#parts.lineUp.run();
  }
}
