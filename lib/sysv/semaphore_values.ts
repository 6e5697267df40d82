/** The values of a set of semaphores, and what the kernel tells of each. */
import { SEM } from "../../ffi/abi/sys_sem.ts";
import { semctl, semctlMemory } from "../../ffi/sys_sem.ts";
import { tellClosing } from "../core/closing.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { checkNum, checkValue, nameOf, reasonFor, type SemaphoreTarget } from "./semaphore_calls.ts";

/** How many wait for a semaphore. */
export interface SemaphoreWaiting {
  /** Until its value is larger. */
  readonly increase: number;
  /** Until its value is 0. */
  readonly zero: number;
}

/** @throws {ClosedError} if it is closed. */
export function checkOpen(set: SemaphoreValues): void {
  if (set.closed) throw new ClosedError(`Cannot use ${nameOf(set)}: it was closed`);
}

/**
 * What a {@linkcode SemaphoreSet} knows of its values.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, SemaphoreSet } from "@vasty/vasty";
 *
 * using set = SemaphoreSet.create(IPC_PRIVATE, 2, { initial: [1, 5] });
 * set.setValue(0, 7);
 * console.assert(set.getAll().join() === "7,5");
 * set.remove();
 * ```
 */
export class SemaphoreValues implements Disposable {
  /** The number that all processes know it by. */
  readonly id: number;
  /** The key that it is found by; 0 for a private one. */
  readonly key: number;
  /** How many semaphores it has. */
  readonly count: number;
  #closed = false;

  /** Made by {@linkcode SemaphoreSet.create} and its kin. */
  protected constructor({ id, key, count }: SemaphoreTarget) {
    this.id = id;
    this.key = key;
    this.count = count;
  }

  /** Whether {@linkcode SemaphoreValues.close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The value of one semaphore. Others may change it at any time.
   *
   * @param num Which one, from 0 on.
   * @returns From 0 to 32767.
   * @throws {RangeError} if the set has no such semaphore.
   * @throws {SyscallError} `EACCES` without the right to read it, `EINVAL` or `EIDRM` if the set was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), GETVAL
   */
  getValue(num: number): number {
    return this.#ask(num, SEM.GETVAL, 0, "read the value");
  }

  /**
   * Set the value of one semaphore, whatever it was. Those who wait for it are woken; what any process would have undone
   * of it is forgotten.
   *
   * @param num Which one, from 0 on.
   * @param value From 0 to 32767.
   * @throws {RangeError} if the set has no such semaphore, or the value is none.
   * @throws {SyscallError} `EACCES` without the right to change it, `EINVAL` or `EIDRM` if the set was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), SETVAL
   */
  setValue(num: number, value: number): void {
    this.#ask(num, SEM.SETVAL, checkValue(value), "set the value");
  }

  /**
   * All values, of one moment.
   *
   * @returns One for each semaphore.
   * @throws {SyscallError} `EACCES` without the right to read them, `EINVAL` or `EIDRM` if the set was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), GETALL
   */
  getAll(): number[] {
    const values = new Uint16Array(this.count);
    this.control(SEM.GETALL, values, "read the values");
    return [...values];
  }

  /**
   * Set all values, whatever they were, at once. Those who wait for them are woken; what any process would have undone of
   * them is forgotten.
   *
   * @param values One for each semaphore, each from 0 to 32767.
   * @throws {RangeError} if there are fewer or more, or one is no value.
   * @throws {SyscallError} `EACCES` without the right to change them, `EINVAL` or `EIDRM` if the set was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), SETALL
   */
  setAll(values: readonly number[]): void {
    if (values.length !== this.count) {
      throw new RangeError(`There must be ${this.count} values, one for each semaphore: ${values.length}`);
    }
    this.control(SEM.SETALL, Uint16Array.from(values, checkValue), "set the values");
  }

  /**
   * How many threads of all processes wait for one semaphore. An operation of several that waits is counted where it waits.
   *
   * @param num Which one, from 0 on.
   * @returns For what, and how many.
   * @throws {RangeError} if the set has no such semaphore.
   * @throws {SyscallError} `EACCES` without the right to read it, `EINVAL` or `EIDRM` if the set was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), GETNCNT and GETZCNT
   */
  waiting(num: number): SemaphoreWaiting {
    const count = (command: number) => this.#ask(num, command, 0, "count the waiters");
    return { increase: count(SEM.GETNCNT), zero: count(SEM.GETZCNT) };
  }

  /**
   * The process that was the last to change or test one semaphore.
   *
   * @param num Which one, from 0 on.
   * @returns Its process id, which may have ended; 0 if there was none.
   * @throws {RangeError} if the set has no such semaphore.
   * @throws {SyscallError} `EACCES` without the right to read it, `EINVAL` or `EIDRM` if the set was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), GETPID
   */
  lastPid(num: number): number {
    return this.#ask(num, SEM.GETPID, 0, "find the last user");
  }

  /**
   * Use it no more. Nothing changes for other processes, and the set stays: {@linkcode SemaphoreSet.remove} is what
   * removes it. What waits in this program rejects with a `ClosedError` and has taken nothing. The second time does nothing.
   */
  close(): void {
    this.#closed = true;
    tellClosing(this);
  }

  /** The same as {@linkcode SemaphoreValues.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Throws if it is closed. */
  protected use(): void {
    if (this.#closed) checkOpen(this);
  }

  /** semctl(2) with memory. */
  protected control(command: number, memory: Uint16Array<ArrayBuffer> | DataView<ArrayBuffer>, doing: string): void {
    this.use();
    this.checked(semctlMemory(this.id, 0, command, memory), `${doing} of`);
  }

  /** The result of semctl(2), or its error. */
  protected checked(rc: number, doing: string): number {
    if (rc >= 0) return rc;
    throw syscallError(`${doing} ${nameOf(this)}${reasonFor(-rc)}`, -rc, "semctl", { key: this.key });
  }

  #ask(num: number, command: number, value: number, doing: string): number {
    this.use();
    return this.checked(semctl(this.id, checkNum(this, num), command, value), `${doing} of semaphore ${num} of`);
  }
}
