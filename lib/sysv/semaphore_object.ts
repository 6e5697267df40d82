/** What mutexes, locks and barriers have in common: each is a set of semaphores. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import type { IpcCreateOptions } from "./ipc_object.ts";
import { attempt, checkOperations, type SemaphoreOperation, type SemaphoreTarget } from "./semaphore_calls.ts";
import { awaitValues } from "./semaphore_creation.ts";
import { SemaphoreSet } from "./semaphore_set.ts";

/**
 * Make the set of such an object, or find the one that is there.
 *
 * @throws {RangeError} if the one that is there has another number of semaphores, so that it is something else.
 */
export function createObject(key: number, initial: readonly number[], options: IpcCreateOptions): SemaphoreSet {
  const { mode, exclusive } = options;
  return SemaphoreSet.create(key, initial.length, { mode, exclusive, initial });
}

/** Find the set of such an object by its key, once it has its values. */
export function openObject(key: number, initial: readonly number[]): SemaphoreSet {
  for (;;) {
    const set = SemaphoreSet.open(key);
    if (awaitValues(set.id, set.key, initial)) return set;
  }
}

/** Find the set of such an object by its id, once it has its values. */
export function objectOf(id: number, initial: readonly number[]): SemaphoreSet {
  for (;;) {
    const set = SemaphoreSet.fromId(id);
    if (awaitValues(set.id, set.key, initial)) return set;
  }
}

/** What is released of a set that may have been removed: then there is nothing to release. */
export function giveBack(set: SemaphoreTarget, ops: readonly SemaphoreOperation[]): void {
  const rc = attempt(set, ops);
  if (rc !== -ERRNO.EINVAL && rc !== -ERRNO.EIDRM) checkOperations(set, rc, ops);
}

/**
 * An object that is a set of semaphores, with an id and perhaps a key. It is the kernel's, and stays until somebody
 * removes it.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, Mutex } from "@vasty/vasty";
 *
 * using mutex = Mutex.create(IPC_PRIVATE);
 * console.assert(Mutex.fromId(mutex.id).key === 0);
 * mutex.remove();
 * ```
 */
export class SemaphoreObject implements Disposable {
  readonly #set: SemaphoreSet;

  /** Made by `create`, `open` and `fromId` of each kind. */
  protected constructor(set: SemaphoreSet) {
    this.#set = set;
  }

  /** The number that all processes know it by. */
  get id(): number {
    return this.#set.id;
  }

  /** The key that it is found by; 0 for a private one. */
  get key(): number {
    return this.#set.key;
  }

  /**
   * The set of semaphores that it is made of, to look at: whoever changes its values breaks it. It is closed with this.
   */
  get semaphores(): SemaphoreSet {
    return this.#set;
  }

  /**
   * Remove it, for all processes and at once. All who wait for it fail with `EIDRM`; whoever uses it later, with `EINVAL`.
   *
   * @throws {SyscallError} `EPERM` if it is not this user's, `EINVAL` or `EIDRM` if it was removed before.
   * @throws {ClosedError} if it is closed.
   */
  remove(): void {
    this.#set.remove();
  }

  /**
   * Use it no more. What waits in this program rejects with a `ClosedError` and has taken nothing; what is held stays
   * held. It stays for other processes: {@linkcode SemaphoreObject.remove} is what removes it. The second time does nothing.
   */
  close(): void {
    this.#set.close();
  }

  /** The same as {@linkcode SemaphoreObject.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
