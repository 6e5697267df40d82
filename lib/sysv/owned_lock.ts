/**
 * Taking a lock that names its owner: at once, on a thread of the library's, or blocking. ERANGE says that the owner has
 * died, see lock_owner.ts; then one of those who are told so takes its place.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import type { AbandonedLock, LockOwner } from "./lock_owner.ts";
import { attempt, checkOperations, perform, performSync, type SemaphoreOperation } from "./semaphore_calls.ts";
import type { SemaphoreSet } from "./semaphore_set.ts";
import { checkOpen } from "./semaphore_values.ts";

/** Who died with the lock; undefined if it had been released. */
export type Taken = AbandonedLock | undefined;

/** So often ERANGE may come and the owner be gone when it is looked for; more often it is no owner. */
const ATTEMPTS = 1_000;

/** Operations that take a lock, and the semaphores that name its owner. */
export class OwnedLock {
  readonly #conditions: readonly SemaphoreOperation[];
  readonly #owner: LockOwner;
  readonly #ops: readonly SemaphoreOperation[];

  /** `conditions` take it and wait for it. */
  constructor(owner: LockOwner, conditions: readonly SemaphoreOperation[]) {
    this.#owner = owner;
    this.#conditions = conditions;
    this.#ops = [...conditions, ...owner.enter];
  }

  /** Take it if nobody has it: false if somebody has. @throws {SyscallError} */
  takeNow(set: SemaphoreSet): Taken | false {
    checkOpen(set);
    const rc = attempt(set, this.#ops);
    if (rc === 0) return undefined;
    return rc === -ERRNO.EAGAIN ? false : this.#takeOver(set, rc);
  }

  /** Take it, and wait for it if need be. @throws as waitFor() does. */
  async take(set: SemaphoreSet, options: WaitOptions): Promise<Taken> {
    const deadline = new Deadline(options);
    let taken = this.takeNow(set);
    while (taken === false) {
      const rc = await perform(set, this.#ops, deadline.options, set);
      taken = rc === 0 ? undefined : this.#takeOver(set, rc);
    }
    return taken;
  }

  /** Take it, and block this thread for it if need be. @throws as waitForSync() does. */
  takeSync(set: SemaphoreSet, options: SyncWaitOptions): Taken {
    const deadline = new Deadline(options);
    let taken = this.takeNow(set);
    while (taken === false) {
      const rc = performSync(set, this.#ops, deadline.options);
      taken = rc === 0 ? undefined : this.#takeOver(set, rc);
    }
    return taken;
  }

  /** Become the owner in place of one who has died; false if another one was faster. @throws {SyscallError} */
  #takeOver(set: SemaphoreSet, error: number): Taken | false {
    let rc = error;
    for (let i = 0; i < ATTEMPTS && rc === -ERRNO.ERANGE; i++) {
      const pid = this.#owner.in(set.getAll());
      // All who waited come as far as this. For whom the name is another one by now, this waits, so it takes nothing.
      const replaced = pid === undefined ? -1 : attempt(set, [...this.#conditions, ...this.#owner.replace(pid)]);
      if (replaced === 0) return { pid: pid! };
      rc = attempt(set, this.#ops);
      if (rc === 0) return undefined;
    }
    if (rc === -ERRNO.EAGAIN) return false;
    checkOperations(set, rc, this.#ops);
    return undefined;
  }
}
