/** Operations on one direction of a descriptor: one at a time, in the order in which they were asked for. */
import { Limit, type WaitOptions } from "../core/limit.ts";

/** One operation. */
export interface Operation<T> {
  /** Do what can be done without waiting: the result, or nothing if it would block and has to be tried again. */
  attempt(): T | undefined;
  /** Whether it has gone too far to be dropped: giving up then ends the wait alone, and it is still finished. */
  readonly begun?: boolean;
}

/** How to wait until an attempt may go on, as a `DescriptorWaiter` does. */
export interface Readiness {
  /** Rejects if waiting is not possible. */
  until(): Promise<void>;
  /** Ends the wait early. */
  wake(): void;
}

/** An operation whose turn has not ended. */
interface Turn {
  readonly begun: boolean;
  /** Whether it is over. */
  attempt(): boolean;
  fail(reason: unknown): void;
  hold(on: boolean): void;
}

export class Turns {
  readonly #readiness: Readiness;
  readonly #waiting: Turn[] = [];
  #held = true;
  #pumping = false;

  constructor(readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** Let `operation` have its turn. One that is given up before it has begun does nothing, and holds up nobody. */
  run<T>(operation: Operation<T>, options: WaitOptions = {}): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let limit: Limit | undefined;
    const turn: Turn = {
      get begun() {
        return operation.begun === true;
      },
      attempt: () => {
        const result = operation.attempt();
        if (result === undefined) return false;
        limit?.[Symbol.dispose]();
        resolve(result);
        return true;
      },
      fail: (reason) => {
        limit?.[Symbol.dispose]();
        reject(reason);
      },
      hold: (on) => limit?.hold(on),
    };
    // Without a wait there is nothing to limit.
    if (this.#waiting.length === 0 && this.#over(turn)) return promise;
    limit = new Limit(options, (reason) => this.#giveUp(turn, reason));
    limit.hold(this.#held);
    this.#waiting.push(turn);
    if (!this.#pumping) this.#pump();
    return promise;
  }

  /** Whether limits keep the process alive. */
  hold(on: boolean): void {
    this.#held = on;
    for (const turn of this.#waiting) turn.hold(on);
  }

  #giveUp(turn: Turn, reason: unknown): void {
    turn.fail(reason);
    const at = this.#waiting.indexOf(turn);
    if (turn.begun || at < 0) return;
    this.#waiting.splice(at, 1);
    if (at === 0) this.#readiness.wake();
  }

  #over(turn: Turn): boolean {
    try {
      return turn.attempt();
    } catch (error) {
      turn.fail(error);
      return true;
    }
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let turn; (turn = this.#waiting[0]) !== undefined;) {
      try {
        await this.#readiness.until();
      } catch (error) {
        turn.fail(error);
        this.#leave(turn);
      }
      while ((turn = this.#waiting[0]) !== undefined && this.#over(turn)) this.#leave(turn);
    }
    this.#pumping = false;
  }

  #leave(turn: Turn): void {
    if (this.#waiting[0] === turn) this.#waiting.shift();
  }
}
