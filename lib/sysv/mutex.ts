/** Mutual exclusion between processes. */
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import type { IpcCreateOptions } from "./ipc_object.ts";
import { LockGuard, regain } from "./lock_guard.ts";
import { LockOwner } from "./lock_owner.ts";
import { OwnedLock, type Taken } from "./owned_lock.ts";
import type { SemaphoreOperation } from "./semaphore_calls.ts";
import { createObject, giveBack, objectOf, openObject, SemaphoreObject } from "./semaphore_object.ts";

/** Semaphore 0 is 1 as long as nobody has the mutex; 1 and 2 name its owner. */
const FREE = 0;
const OWNER = new LockOwner(1);
const INITIAL = [1, 0, 0];

/** The kernel gives back semaphore 0 when the owner dies, and leaves its name. */
const LOCK = new OwnedLock(OWNER, [{ num: FREE, op: -1, undo: true }]);
const UNLOCK: readonly SemaphoreOperation[] = [...OWNER.leave, { num: FREE, op: 1, undo: true }];

function guarded(mutex: Mutex, taken: Taken): LockGuard {
  const { id, key, count } = mutex.semaphores;
  return new LockGuard(mutex, () => giveBack({ id, key, count }, UNLOCK), taken);
}

/** Take `mutex` for a guard that was released, and hold it again. */
export async function lockAgain(mutex: Mutex, guard: LockGuard): Promise<void> {
  regain(guard, await LOCK.take(mutex.semaphores, {}));
}

/** The same, and block this thread. */
export function lockAgainSync(mutex: Mutex, guard: LockGuard): void {
  regain(guard, LOCK.takeSync(mutex.semaphores, {}));
}

/**
 * A mutex that processes share: one at a time holds it. When its holder dies in any way, `kill -9` included, the kernel
 * releases it at once, and the next one is told ({@linkcode LockGuard.abandoned}).
 *
 * It excludes the tasks of one process from each other as well. It is not recursive: who waits for what it holds itself
 * waits for ever. A process that replaces itself by exec(3) keeps it until its end.
 *
 * It is a set of three semaphores, and stays until somebody removes it.
 *
 * @example
 * ```ts
 * import { ftok, Mutex } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using mutex = Mutex.create(ftok(path), { mode: 0o660 });
 * {
 *   using guard = await mutex.lock({ timeout: 5_000 });
 *   if (guard.abandoned) console.error("check what is protected");
 *   console.assert(mutex.holder() === Deno.pid);
 * }
 * mutex.remove();
 * await Deno.remove(path);
 * ```
 * @see semop(2)
 */
export class Mutex extends SemaphoreObject {
  /**
   * Make a mutex, or find the one that is there. Two who make it at the same time get the same one.
   *
   * @param key Its key, as `ftok()` makes it; `IPC_PRIVATE` for one that is found by its id alone.
   * @param options Its mode, and whether it must be new.
   * @returns The mutex, which stays until it is removed.
   * @throws {RangeError} if the key has more than 32 bits, the mode is none, or what has this key is no mutex.
   * @throws {SyscallError} `EEXIST` if there is one and it must be new, `EACCES` if it may not be used with that mode,
   * `EINVAL` if what has this key is no mutex, `ENOSPC` if the system has too many semaphores.
   * @see semget(2)
   */
  static create(key: number, options: IpcCreateOptions = {}): Mutex {
    return new Mutex(createObject(key, INITIAL, options));
  }

  /**
   * Find a mutex by its key.
   *
   * @param key Its key.
   * @returns The mutex.
   * @throws {RangeError} if the key has more than 32 bits or is `IPC_PRIVATE`, or what has it is no mutex.
   * @throws {SyscallError} `ENOENT` if there is none, `EACCES` without the right to read it.
   */
  static open(key: number): Mutex {
    return new Mutex(openObject(key, INITIAL));
  }

  /**
   * Find a mutex by its id, which another process has told.
   *
   * @param id Its id.
   * @returns The mutex.
   * @throws {RangeError} if it cannot be an id, or what has it is no mutex.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if there is none, `EACCES` without the right to read it.
   */
  static fromId(id: number): Mutex {
    return new Mutex(objectOf(id, INITIAL));
  }

  /**
   * Take it, and wait on a thread of the library's until it is there. The process stays alive meanwhile. A wait that is
   * given up takes nothing: the mutex goes to the next.
   *
   * @param options When to give up.
   * @returns What releases it, at the end of a `using` block for instance.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {SyscallError} `EACCES` without the right to change it, `EIDRM` if it is removed meanwhile, `EINVAL` if it was
   * before, `ENOSPC` or `ENOMEM` if the system has no room to undo it.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see semop(2)
   */
  async lock(options: WaitOptions = {}): Promise<LockGuard> {
    return guarded(this, await LOCK.take(this.semaphores, options));
  }

  /**
   * {@linkcode Mutex.lock} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {SyscallError} as {@linkcode Mutex.lock} does.
   * @throws {ClosedError} if it is closed, now or by a handler.
   * @throws a `DOMException` named "TimeoutError", or what a handler throws.
   * @see semop(2)
   */
  lockSync(options: SyncWaitOptions = {}): LockGuard {
    return guarded(this, LOCK.takeSync(this.semaphores, options));
  }

  /**
   * Take it if nobody has it.
   *
   * @returns What releases it; undefined if somebody has it.
   * @throws {SyscallError} as {@linkcode Mutex.lock} does.
   * @throws {ClosedError} if it is closed.
   * @see semop(2)
   */
  tryLock(): LockGuard | undefined {
    const taken = LOCK.takeNow(this.semaphores);
    return taken === false ? undefined : guarded(this, taken);
  }

  /**
   * The process that holds it at this moment.
   *
   * @returns Its process id, in its own PID namespace; undefined if nobody does.
   * @throws {SyscallError} `EACCES` without the right to read it, `EINVAL` or `EIDRM` if it was removed.
   * @throws {ClosedError} if it is closed.
   */
  holder(): number | undefined {
    const values = this.semaphores.getAll();
    return values[FREE] === 0 ? OWNER.in(values) : undefined;
  }
}
