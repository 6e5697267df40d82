/** What is done with semaphores: several at once, or one. */
import { turnDue } from "../../ffi/reactor.ts";
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import { checkLimit } from "../core/limit.ts";
import { checkOperations, operateNow, perform, performSync, type SemaphoreOperation } from "./semaphore_calls.ts";
import { SemaphoreValues } from "./semaphore_values.ts";

/** How a semaphore is taken or given back. */
export interface SemaphoreUnits {
  /**
   * How many units, from 1 to 32767.
   * @default {1}
   */
  count?: number;
  /**
   * Have the kernel take it back when this process ends, in whatever way. Who acquires with it releases with it.
   * @default {false}
   */
  undo?: boolean;
}

/** How {@linkcode SemaphoreOperations.acquire} takes a semaphore, and when it gives up. */
export interface SemaphoreAcquireOptions extends SemaphoreUnits, WaitOptions {}

/** How {@linkcode SemaphoreOperations.acquireSync} takes a semaphore, and when it gives up. */
export interface SemaphoreAcquireSyncOptions extends SemaphoreUnits, SyncWaitOptions {}

/** One operation, for the length of a call. */
const SINGLE: SemaphoreOperation[] = [{ num: 0, op: 0, undo: false }];

/** Only until the call that gets it has put it where the kernel reads it. */
function single(num: number, op: number, undo: boolean | undefined): SemaphoreOperation[] {
  const one = SINGLE[0]!;
  one.num = num;
  one.op = op;
  one.undo = undo;
  return SINGLE;
}

/** @throws {RangeError} if it is no number of units. */
function checkUnits(count: number): number {
  if (!Number.isInteger(count) || count < 1 || count > 32_767) {
    throw new RangeError(`count must be an integer from 1 to 32767: ${count}`);
  }
  return count;
}

/**
 * What can be done with a {@linkcode SemaphoreSet}.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, SemaphoreSet } from "@vasty/vasty";
 *
 * using set = SemaphoreSet.create(IPC_PRIVATE, 1, { initial: 1 });
 * await set.acquire(0, { undo: true, timeout: 1_000 });
 * console.assert(!set.tryAcquire());
 * set.release(0, { undo: true });
 * set.remove();
 * ```
 */
export class SemaphoreOperations extends SemaphoreValues {
  /**
   * Do all of `ops`, or none of them, in one step. Where one has to wait all wait, on a thread of the library's; the
   * process stays alive. A wait that is given up has changed nothing, and what it waited for goes to the next.
   *
   * @param ops What to do, in this order; the system's limit is usually 500.
   * @param options When to give up.
   * @throws {RangeError} if the set has no such semaphore, an operation is no integer from -32767 to 32767, there is none,
   * or `timeout` is negative.
   * @throws {SyscallError} `EAGAIN` if one with `noWait` would have to wait, `EACCES` without the right to change the set,
   * or to read it if all are 0, `E2BIG` if there are too many, `ERANGE` if a value would be above 32767, `ENOSPC` or
   * `ENOMEM` if the system has no room to undo it, `EIDRM` if the set is removed meanwhile, `EINVAL` if it was before.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example Wait until nobody has it, and take it
   * ```ts
   * import { IPC_PRIVATE, SemaphoreSet } from "@vasty/vasty";
   *
   * using set = SemaphoreSet.create(IPC_PRIVATE, 1);
   * await set.op([{ num: 0, op: 0 }, { num: 0, op: 1, undo: true }], { timeout: 1_000 });
   * console.assert(set.getValue(0) === 1);
   * set.remove();
   * ```
   * @see semop(2)
   */
  async op(ops: readonly SemaphoreOperation[], options: WaitOptions = {}): Promise<void> {
    this.use();
    checkLimit(options);
    checkOperations(this, await perform(this, ops, options, this), ops);
    return turnDue();
  }

  /**
   * {@linkcode SemaphoreOperations.op} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param ops What to do, in this order.
   * @param options When to give up.
   * @throws {RangeError} as {@linkcode SemaphoreOperations.op} does.
   * @throws {SyscallError} as {@linkcode SemaphoreOperations.op} does.
   * @throws {ClosedError} if it is closed, now or by a handler.
   * @throws a `DOMException` named "TimeoutError", or what a handler throws; nothing has changed then, but for units that
   * were given just before the handler threw and that somebody else has taken.
   * @see semop(2)
   */
  opSync(ops: readonly SemaphoreOperation[], options?: SyncWaitOptions): void {
    this.use();
    if (options !== undefined) checkLimit({ timeout: options.timeout });
    checkOperations(this, performSync(this, ops, options), ops);
  }

  /**
   * Do all of `ops` if none has to wait.
   *
   * @param ops What to do, in this order.
   * @returns Whether it was done; if not, nothing has changed.
   * @throws {RangeError} as {@linkcode SemaphoreOperations.op} does.
   * @throws {SyscallError} as {@linkcode SemaphoreOperations.op} does, but for `EAGAIN`.
   * @throws {ClosedError} if it is closed.
   * @see semop(2)
   */
  tryOp(ops: readonly SemaphoreOperation[]): boolean {
    this.use();
    return operateNow(this, ops);
  }

  /**
   * Take units of one semaphore, and wait until it has as many.
   *
   * @param num Which one, from 0 on.
   * @param options How many, whether the kernel gives them back, and when to give up.
   * @throws as {@linkcode SemaphoreOperations.op} does.
   * @throws {RangeError} if `count` is not from 1 to 32767, too.
   * @example
   * ```ts
   * import { IPC_PRIVATE, SemaphoreSet } from "@vasty/vasty";
   *
   * using set = SemaphoreSet.create(IPC_PRIVATE, 1, { initial: 3 });
   * await set.acquire(0, { count: 2 });
   * console.assert(set.getValue(0) === 1);
   * set.remove();
   * ```
   * @see semop(2)
   */
  async acquire(num = 0, options: SemaphoreAcquireOptions = {}): Promise<void> {
    const { count = 1, undo } = options;
    await this.op([{ num, op: -checkUnits(count), undo }], options);
  }

  /**
   * {@linkcode SemaphoreOperations.acquire} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param num Which one, from 0 on.
   * @param options How many, whether the kernel gives them back, and when to give up.
   * @throws as {@linkcode SemaphoreOperations.opSync} does.
   * @see semop(2)
   */
  acquireSync(num = 0, options: SemaphoreAcquireSyncOptions = {}): void {
    const { count = 1, undo } = options;
    this.opSync([{ num, op: -checkUnits(count), undo }], options);
  }

  /**
   * Take units of one semaphore if it has as many.
   *
   * @param num Which one, from 0 on.
   * @param units How many, and whether the kernel gives them back.
   * @returns Whether they were taken.
   * @throws as {@linkcode SemaphoreOperations.tryOp} does.
   * @see semop(2)
   */
  tryAcquire(num = 0, { count = 1, undo }: SemaphoreUnits = {}): boolean {
    return this.tryOp(single(num, -checkUnits(count), undo));
  }

  /**
   * Give units to one semaphore. Nothing waits; those who wait for it are woken, in the order in which they came.
   *
   * @param num Which one, from 0 on.
   * @param units How many, and whether they were acquired with `undo`.
   * @throws {RangeError} if the set has no such semaphore, or `count` is not from 1 to 32767.
   * @throws {SyscallError} `ERANGE` if its value would be above 32767, and as {@linkcode SemaphoreOperations.op} does.
   * @throws {ClosedError} if it is closed.
   * @see semop(2)
   */
  release(num = 0, { count = 1, undo }: SemaphoreUnits = {}): void {
    this.tryOp(single(num, checkUnits(count), undo));
  }

  /**
   * Wait until the value of one semaphore is 0.
   *
   * @param num Which one, from 0 on.
   * @param options When to give up.
   * @throws as {@linkcode SemaphoreOperations.op} does.
   * @see semop(2)
   */
  async waitZero(num = 0, options: WaitOptions = {}): Promise<void> {
    await this.op([{ num, op: 0 }], options);
  }

  /**
   * {@linkcode SemaphoreOperations.waitZero} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param num Which one, from 0 on.
   * @param options When to give up.
   * @throws as {@linkcode SemaphoreOperations.opSync} does.
   * @see semop(2)
   */
  waitZeroSync(num = 0, options: SyncWaitOptions = {}): void {
    this.opSync([{ num, op: 0 }], options);
  }

  /**
   * Whether the value of one semaphore is 0; unlike {@linkcode SemaphoreValues.getValue} it counts as an operation.
   *
   * @param num Which one, from 0 on.
   * @returns Whether it was.
   * @throws as {@linkcode SemaphoreOperations.tryOp} does.
   * @see semop(2)
   */
  tryWaitZero(num = 0): boolean {
    return this.tryOp(single(num, 0, false));
  }
}
