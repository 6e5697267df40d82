/**
 * The owner of a lock in two semaphores, so that one operation takes the lock and names its owner. A semaphore counts to
 * 32767, so a process id is put into two.
 *
 * They are added without undo: when an owner dies the kernel gives back the lock, and not them. The first is at least
 * 16384, so a second owner cannot be added to one who is there: the kernel refuses the whole operation with ERANGE. That
 * is how the next one learns that the previous one has died, in the same call that takes the lock in all other cases.
 */
import { HIGHEST, type SemaphoreOperation } from "./semaphore_calls.ts";

/** Half of what a semaphore counts to, rounded up: two do not fit. */
const TAKEN = (HIGHEST + 1) / 2;

/** Who held a lock and died. */
export interface AbandonedLock {
  /** Its process id, in its own PID namespace. Another process may have it by now. */
  readonly pid: number;
}

/** Process ids have 22 bits at most: 14 and 8 of them. 1 is added because 0 would be an operation that waits. */
const low = (pid: number) => TAKEN + pid % TAKEN;
const high = (pid: number) => 1 + Math.floor(pid / TAKEN);

/** The two semaphores of a set that name the owner. */
export class LockOwner {
  readonly #low: number;
  readonly #high: number;
  /** This process becomes the owner. */
  readonly enter: readonly SemaphoreOperation[];
  /** This process is it no more. */
  readonly leave: readonly SemaphoreOperation[];

  /** They are number `first` and the next. */
  constructor(first: number) {
    this.#low = first;
    this.#high = first + 1;
    const change = (sign: number) => [
      { num: this.#low, op: sign * low(Deno.pid), undo: false },
      { num: this.#high, op: sign * high(Deno.pid), undo: false },
    ];
    this.enter = change(1);
    this.leave = change(-1);
  }

  /** The process that is named in the values of the set, if one is. */
  in(values: ArrayLike<number>): number | undefined {
    const [first, second] = [values[this.#low]!, values[this.#high]!];
    return first < TAKEN || second === 0 ? undefined : (second - 1) * TAKEN + (first - TAKEN);
  }

  /** This process becomes the owner in place of `pid`. It has to wait if that is not the owner. */
  replace(pid: number): SemaphoreOperation[] {
    // Down to 0 exactly, and up again.
    const gone = (num: number, value: number) => [{ num, op: -value }, { num, op: 0 }];
    return [...gone(this.#low, low(pid)), ...gone(this.#high, high(pid)), ...this.enter];
  }
}
