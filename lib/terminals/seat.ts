/** What one call looks for in one dialog. */
import { matcherOf, type Prepared } from "./cases.ts";
import type { DialogParts } from "./dialog_parts.ts";
import type { Expect } from "./expect.ts";
import type { Place } from "./line_up.ts";
import type { Found, Matcher } from "./matcher.ts";

/** The call that it belongs to. */
export interface SeatOwner {
  readonly suspended: boolean;
  look(seat: Seat): boolean;
  received(): void;
  fail(reason: unknown): void;
}

export class Seat implements Place {
  readonly dialog: Expect;
  readonly parts: DialogParts;
  readonly #cases: Prepared[];
  readonly #matchers: (Matcher | undefined)[];
  readonly #owner: SeatOwner;
  /** How things stood at the last look. */
  #received = -1;
  #cuts = -1;
  /** The end was seen. */
  ended = false;
  /** How things stood when what waits was told of and left. */
  #told = { received: -1, cuts: -1 };

  constructor(owner: SeatOwner, dialog: Expect, parts: DialogParts, cases: Prepared[], window: number) {
    this.#owner = owner;
    this.dialog = dialog;
    this.parts = parts;
    const { before, after } = parts;
    this.#cases = before.length + after.length === 0 ? cases : [...before, ...cases, ...after];
    this.#matchers = this.#cases.map(({ pattern }) => matcherOf(pattern, window));
  }

  get suspended(): boolean {
    return this.#owner.suspended;
  }

  look(): boolean {
    return this.#owner.look(this);
  }

  received(): void {
    this.#owner.received();
  }

  fail(reason: unknown): void {
    this.#owner.fail(reason);
  }

  /** What waits was told of, and nothing of it taken. */
  leave(): void {
    const { received, cuts } = this.parts.intake;
    this.#told = { received, cuts };
  }

  /** Whether what waits was told of, and there is nothing new: to tell of it again would have no end. */
  get told(): boolean {
    const { received, cuts } = this.parts.intake;
    return received === this.#told.received && cuts === this.#told.cuts;
  }

  /** The earliest match of the text that waits, and of those the first of the list. */
  search(): { prepared: Prepared; found: Found } | undefined {
    const { buffer, cuts, received } = this.parts.intake;
    if (this.told || (cuts === this.#cuts && received === this.#received)) return undefined;
    if (cuts !== this.#cuts && this.#cuts >= 0) { for (const matcher of this.#matchers) matcher?.reset(); }
    this.#cuts = cuts;
    this.#received = received;
    let best: { prepared: Prepared; found: Found } | undefined;
    for (let i = 0; i < this.#cases.length; i++) {
      const found = this.#matchers[i]?.search(buffer);
      if (found && (best === undefined || found.start < best.found.start)) best = { prepared: this.#cases[i]!, found };
    }
    return best;
  }

  /** The first case for what is no text. */
  caseOf(pattern: symbol): Prepared | undefined {
    return this.#cases.find((prepared) => prepared.pattern === pattern);
  }
}
