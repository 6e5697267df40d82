/** Operations on one direction of a descriptor: one at a time, in the order in which they were asked for. */
import { turnDue } from "../../ffi/reactor.ts";
import { checkLimit, Limit, type WaitOptions } from "./limit.ts";

/** One operation. */
export interface Operation<T> {
  /** Do what can be done without waiting: the result, or nothing if it would block and has to be tried again. */
  attempt(): T | undefined;
  /** Whether it has gone too far to be dropped: giving up then ends the wait alone, and it is still finished. */
  readonly begun?: boolean;
  /** It is not tried again: an attempt has thrown, or waiting is not possible. */
  failed?(reason: unknown): void;
}

/** How to wait until an attempt may go on, as a `DescriptorWaiter` does. */
export interface Readiness {
  /** Rejects if waiting is not possible. */
  until(): Promise<void>;
  /** Ends the wait early. */
  wake(): void;
}

/** An operation whose turn has not ended. */
class Turn<T> {
  readonly #operation: Operation<T>;
  readonly #promised = Promise.withResolvers<unknown>();
  #limit: Limit | undefined;

  constructor(operation: Operation<T>) {
    this.#operation = operation;
  }

  get promise(): Promise<T> {
    return this.#promised.promise as Promise<T>;
  }

  /** What it came to, told after `due`. */
  async promiseAfter(due: Promise<void>): Promise<T> {
    const [result] = await Promise.all([this.promise, due]);
    return result;
  }

  get begun(): boolean {
    return this.#operation.begun === true;
  }

  /** Try; whether it is over. */
  over(): boolean {
    try {
      const result = this.#operation.attempt();
      if (result === undefined) return false;
      this.#limit?.[Symbol.dispose]();
      this.#promised.resolve(result);
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  fail(reason: unknown): void {
    this.#operation.failed?.(reason);
    this.reject(reason);
  }

  /** Whoever waits for it is told. */
  reject(reason: unknown): void {
    this.#limit?.[Symbol.dispose]();
    this.#promised.reject(reason);
  }

  watch(limit: Limit): void {
    this.#limit = limit;
  }

  hold(on: boolean): void {
    this.#limit?.hold(on);
  }
}

export class Turns {
  readonly #readiness: Readiness;
  readonly #waiting: Turn<unknown>[] = [];
  #held = true;
  #pumping = false;

  constructor(readiness: Readiness) {
    this.#readiness = readiness;
  }

  /**
   * Let `operation` have its turn. One that is given up before it has begun does nothing, and holds up nobody.
   *
   * @throws as checkLimit() does.
   */
  run<T>(operation: Operation<T>, options: WaitOptions = {}): Promise<T> {
    checkLimit(options);
    const turn = new Turn(operation);
    const due = turnDue();
    // Without a wait there is nothing to limit; the loop has its turn once it is done.
    if (this.#waiting.length === 0 && turn.over()) return due === undefined ? turn.promise : turn.promiseAfter(due);
    turn.watch(new Limit(options, (reason) => this.#giveUp(turn, reason)));
    turn.hold(this.#held);
    this.#waiting.push(turn);
    if (!this.#pumping) this.#pump(due);
    return turn.promise;
  }

  /** Whether limits keep the process alive. */
  hold(on: boolean): void {
    this.#held = on;
    for (const turn of this.#waiting) turn.hold(on);
  }

  #giveUp(turn: Turn<unknown>, reason: unknown): void {
    turn.reject(reason);
    if (turn.begun) return;
    const first = turn === this.#waiting[0];
    this.#leave(turn);
    if (first) this.#readiness.wake();
  }

  /** Wait for the readiness of the first, try it, and those behind it, until none is left; what is `due` comes before. */
  async #pump(due: Promise<void> | undefined): Promise<void> {
    this.#pumping = true;
    if (due !== undefined) {
      await due;
      this.#tryAll();
    }
    for (let turn; (turn = this.#waiting[0]) !== undefined;) {
      try {
        await this.#readiness.until();
      } catch (error) {
        turn.fail(error);
        this.#leave(turn);
      }
      this.#tryAll();
    }
    this.#pumping = false;
  }

  #tryAll(): void {
    for (let turn; (turn = this.#waiting[0])?.over();) this.#leave(turn);
  }

  #leave(turn: Turn<unknown>): void {
    const at = this.#waiting.indexOf(turn);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}
