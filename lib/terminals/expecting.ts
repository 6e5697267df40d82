/** One call that waits for patterns, in one dialog or in several. */
import { turnDue } from "../../ffi/reactor.ts";
import { checkLimit } from "../core/limit.ts";
import type { Prepared } from "./cases.ts";
import { Clock } from "./clock.ts";
import { partsOf } from "./dialog_parts.ts";
import type { Expect } from "./expect.ts";
import { endError, fullError, timeoutError, type Wanted } from "./expect_error.ts";
import { checkedWindow, type ExpectCallOptions } from "./expect_options.ts";
import { Matched, nowhere } from "./match.ts";
import type { Found } from "./matcher.ts";
import { CONTINUE, CONTINUE_TIMER, EOF, FULL_BUFFER, TIMEOUT } from "./patterns.ts";
import { Seat, type SeatOwner } from "./seat.ts";

/** What is waited for in which dialog. */
export type Wish = [dialog: Expect, cases: Prepared[]];

/** Promises that an answer takes at most which is there already. Until then no timer is needed. */
const TICKS = 4;

/** Wait for one of them. What a single read has brought may be the answer to thousands of calls: the event loop has its turn. */
export function expecting(wishes: Wish[], options: ExpectCallOptions): Promise<Matched> {
  const matched = new Promise<Matched>((resolve, reject) => new Expecting(wishes, options, resolve, reject).begin());
  const turn = turnDue();
  if (turn === undefined) return matched;
  // It is told of behind the turn.
  matched.catch(() => {});
  return turn.then(() => matched);
}

class Expecting implements SeatOwner {
  /** A handler is running. */
  suspended = false;
  readonly #wishes: Wish[];
  readonly #seats: Seat[] = [];
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #restart: boolean;
  readonly #resolve: (match: Matched) => void;
  readonly #reject: (reason: unknown) => void;
  #over = false;

  constructor(
    wishes: Wish[],
    options: ExpectCallOptions,
    resolve: (match: Matched) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#wishes = wishes;
    const { options: own } = partsOf(wishes[0]![0]);
    const { signal, timeout = own.timeout, searchWindow } = options;
    checkLimit({ signal, timeout });
    this.#timeout = timeout;
    this.#restart = own.restartOnReceive;
    this.#resolve = resolve;
    this.#reject = reject;
    for (const [dialog, cases] of wishes) {
      const parts = partsOf(dialog);
      if (parts.closed) throw parts.closed.reason;
      const window = checkedWindow(searchWindow ?? parts.options.searchWindow);
      this.#seats.push(new Seat(this, dialog, parts, cases, window));
    }
    this.#clock = new Clock({ signal, timeout }, (reason, timedOut) => timedOut ? this.#expire() : this.fail(reason));
  }

  /** Look at what waits, and then wait for more. */
  begin(): void {
    for (const seat of this.#seats) seat.parts.lineUp.enter(seat);
    this.#run();
    if (!this.#over) this.#armSoon();
  }

  #run(): void {
    for (const { parts } of this.#seats) {
      if (!this.#over && !this.suspended) parts.lineUp.run();
    }
  }

  async #armSoon(): Promise<void> {
    for (let tick = 0; tick < TICKS; tick++) {
      await undefined;
      if (this.#over) return;
    }
    this.#clock.arm();
  }

  received(): void {
    if (this.#restart) this.#clock.restart();
  }

  /** It is its turn in the dialog of `seat`. */
  look(seat: Seat): boolean {
    try {
      for (;;) {
        const done = this.#look(seat);
        if (done !== undefined) return done;
      }
    } catch (error) {
      // A regular expression that has taken too long.
      return this.fail(error);
    }
  }

  /** Nothing if there is more to look at by now. */
  #look(seat: Seat): boolean | undefined {
    const { intake } = seat.parts;
    const hit = seat.search();
    if (hit) return this.#matched(seat, hit.prepared, hit.found);
    if (intake.failure) return this.fail(intake.failure.reason);
    if (intake.ended) return this.#ended(seat);
    if (intake.full) return this.#full(seat);
    if (intake.takeSoon()) return undefined;
    intake.want();
    return false;
  }

  /** One of several may end without a word, as long as there are others. */
  #ended(seat: Seat): boolean {
    const prepared = seat.caseOf(EOF);
    const first = !seat.ended;
    seat.ended = true;
    if (prepared && first) return this.#matched(seat, prepared, nowhere(seat.parts.intake.buffer.length));
    if (this.#seats.every(({ ended }) => ended)) return this.fail(endError(this.#wanted(this.#seats)));
    return false;
  }

  #full(seat: Seat): boolean {
    const prepared = seat.caseOf(FULL_BUFFER);
    if (!prepared || seat.told) return this.fail(fullError(this.#wanted([seat])));
    return this.#matched(seat, prepared, nowhere(seat.parts.intake.buffer.length));
  }

  #expire(): void {
    // What comes while a handler runs is looked at first.
    if (this.suspended) return;
    for (const seat of this.#seats) {
      const prepared = seat.caseOf(TIMEOUT);
      if (prepared) return void this.#matched(seat, prepared, nowhere(seat.parts.intake.buffer.length));
    }
    this.fail(timeoutError(this.#timeout, this.#wanted(this.#seats)));
  }

  #wanted(seats: Seat[]): Wanted[] {
    return this.#wishes.filter(([dialog]) => seats.some((seat) => seat.dialog === dialog)).map(([dialog, cases]) => ({
      patterns: cases.map(({ pattern }) => pattern),
      buffer: partsOf(dialog).intake.buffer,
    }));
  }

  #matched(seat: Seat, prepared: Prepared, found: Found): true {
    const { intake } = seat.parts;
    const match = new Matched(seat.dialog, intake, prepared, found);
    const taken = prepared.transfer && prepared.pattern !== TIMEOUT ? found.end : 0;
    intake.take(taken);
    if (prepared.action === undefined) this.#settle(() => this.#resolve(match));
    else this.#handle(seat, prepared, match, taken > 0);
    return true;
  }

  async #handle(seat: Seat, { action, pattern }: Prepared, match: Matched, taken: boolean): Promise<void> {
    this.#suspend(true);
    if (!taken && pattern !== TIMEOUT) seat.leave();
    let answer: unknown;
    try {
      answer = await action!(match, seat.dialog);
    } catch (error) {
      return void this.fail(error);
    }
    // An abort, or the dialog's end, has not waited for the handler.
    if (this.#over) return;
    this.#suspend(false);
    if (answer !== CONTINUE && answer !== CONTINUE_TIMER) return this.#settle(() => this.#resolve(match));
    if (answer === CONTINUE || pattern === TIMEOUT) this.#clock.restart();
    this.#run();
    if (!this.#over && !this.suspended) this.#clock.arm();
  }

  #suspend(on: boolean): void {
    if (this.suspended === on) return;
    this.suspended = on;
    for (const { parts } of this.#seats) parts.lineUp.suspended += on ? 1 : -1;
  }

  /** Nothing comes of it. */
  fail(reason: unknown): true {
    if (!this.#over) this.#settle(() => this.#reject(reason));
    return true;
  }

  #settle(done: () => void): void {
    this.#over = true;
    this.#suspend(false);
    this.#clock[Symbol.dispose]();
    for (const seat of this.#seats) seat.parts.lineUp.leave(seat);
    done();
    // The next ones have their turn.
    for (const { parts } of this.#seats) parts.lineUp.run();
  }
}
