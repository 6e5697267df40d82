/** Processes that wait for each other. */
import { Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { initialValues, meeting, partiesOf } from "./barrier_protocol.ts";
import type { IpcCreateOptions } from "./ipc_object.ts";
import { checkOperations, HIGHEST, perform, performSync, type SemaphoreOperation } from "./semaphore_calls.ts";
import { createObject, SemaphoreObject } from "./semaphore_object.ts";
import { SemaphoreSet } from "./semaphore_set.ts";
import { checkOpen } from "./semaphore_values.ts";

/**
 * A place where processes wait for each other: nobody goes on before so many have arrived. Then it is as new, for the next
 * time. More may use it than it lets through at a time; several tasks of one process count one by one.
 *
 * Who dies or gives up while it waits counts no more, so the others wait for one more to arrive.
 *
 * It is a set of six semaphores, and stays until somebody removes it.
 *
 * @example
 * ```ts
 * import { Barrier, IPC_PRIVATE } from "@vasty/vasty";
 *
 * using barrier = Barrier.create(IPC_PRIVATE, 2);
 * const last = await Promise.all([barrier.wait(), barrier.wait({ timeout: 1_000 })]);
 * console.assert(last.filter((one) => one).length === 1);
 * barrier.remove();
 * ```
 * @see semop(2)
 */
export class Barrier extends SemaphoreObject {
  /** How many have to arrive. */
  readonly parties: number;

  private constructor(set: SemaphoreSet, parties: number) {
    super(set);
    this.parties = parties;
  }

  /**
   * Make a barrier, or find the one that is there. Two who make it at the same time get the same one.
   *
   * @param key Its key, as `ftok()` makes it; `IPC_PRIVATE` for one that is found by its id alone.
   * @param parties How many have to arrive, from 1 to 32767: the same number for all.
   * @param options Its mode, and whether it must be new.
   * @returns The barrier, which stays until it is removed.
   * @throws {RangeError} if the key has more than 32 bits, the number or the mode is none, what has this key is no
   * barrier, or it is for another number.
   * @throws {SyscallError} `EEXIST` if there is one and it must be new, `EACCES` if it may not be used with that mode,
   * `EINVAL` if what has this key is no barrier, `ENOSPC` if the system has too many semaphores.
   * @see semget(2)
   */
  static create(key: number, parties: number, options: IpcCreateOptions = {}): Barrier {
    if (!Number.isInteger(parties) || parties < 1 || parties > HIGHEST) {
      throw new RangeError(`parties must be an integer from 1 to ${HIGHEST}: ${parties}`);
    }
    const set = createObject(key, initialValues(parties), options);
    const found = partiesOf(set.getAll());
    if (found !== parties) throw new RangeError(`This barrier is for ${found} parties, not for ${parties}`);
    return new Barrier(set, parties);
  }

  /**
   * Find a barrier by its id, which another process has told.
   *
   * @param id Its id.
   * @returns The barrier.
   * @throws {RangeError} if it cannot be an id, or what has it is no barrier.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if there is none, `EACCES` without the right to read it.
   */
  static fromId(id: number): Barrier {
    const set = SemaphoreSet.fromId(id);
    const values = set.getAll();
    const parties = values.length === initialValues(1).length ? partiesOf(values) : 0;
    if (parties === 0) throw new RangeError(`The semaphore set with id ${id} is no barrier`);
    return new Barrier(set, parties);
  }

  /**
   * Arrive, and wait until as many have as there have to, on a thread of the library's. The process stays alive meanwhile.
   *
   * @param options When to give up. Who gives up counts no more; if the others have got through by then, it has, too.
   * @returns True for exactly one of them, whichever came last, for what has to be done once.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {SyscallError} `EACCES` without the right to change it, `EIDRM` if it is removed meanwhile, `EINVAL` if it was
   * before, `ENOSPC` or `ENOMEM` if the system has no room to undo it.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see semop(2)
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    const set = this.semaphores;
    checkOpen(set);
    const deadline = new Deadline(options);
    const steps = meeting(set, this.parties);
    let step = steps.next();
    while (!step.done) {
      const ops: SemaphoreOperation[] = step.value;
      try {
        checkOperations(set, await perform(set, ops, deadline.options, set), ops);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next();
    }
    return step.value;
  }

  /**
   * {@linkcode Barrier.wait} that blocks this thread. Handlers of signals run meanwhile; what one throws ends the wait.
   *
   * @param options When to give up.
   * @returns True for exactly one of them.
   * @throws as {@linkcode Barrier.wait} does.
   */
  waitSync(options: SyncWaitOptions = {}): boolean {
    const set = this.semaphores;
    checkOpen(set);
    const deadline = new Deadline(options);
    const steps = meeting(set, this.parties);
    let step = steps.next();
    while (!step.done) {
      const ops: SemaphoreOperation[] = step.value;
      try {
        checkOperations(set, performSync(set, ops, deadline.options), ops);
      } catch (error) {
        step = steps.throw(error);
        // What a handler has thrown is thrown on, although the gate has opened.
        if (!(error instanceof DOMException)) throw error;
        continue;
      }
      step = steps.next();
    }
    return step.value;
  }
}
