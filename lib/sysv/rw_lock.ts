/** Many readers or one writer, of all processes. */
import { checkLimit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import type { IpcCreateOptions } from "./ipc_object.ts";
import { LockGuard } from "./lock_guard.ts";
import type { Taken } from "./owned_lock.ts";
import {
  INITIAL,
  read,
  READ_DONE,
  readNow,
  readSync,
  write,
  WRITE_DONE,
  writeNow,
  writeSync,
} from "./rw_lock_semaphores.ts";
import type { SemaphoreOperation } from "./semaphore_calls.ts";
import { createObject, giveBack, objectOf, openObject, SemaphoreObject } from "./semaphore_object.ts";

/**
 * A lock that processes share: many read at a time, or one writes. As soon as a writer waits no new reader comes in, so
 * writers are not starved; as long as writers wait, readers do.
 *
 * When a holder dies in any way the kernel releases what it held. If it was a writer, the next who hold the lock are told
 * ({@linkcode LockGuard.abandoned}): readers until a writer has had it, which is the one to repair what is half done.
 *
 * It excludes the tasks of one process from each other as well. It is not recursive: who reads and wants to read once more
 * may wait for a writer that waits for the first time to end.
 *
 * It is a set of five semaphores, and stays until somebody removes it.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, RwLock } from "@vasty/vasty";
 *
 * using lock = RwLock.create(IPC_PRIVATE);
 * {
 *   using one = await lock.read();
 *   using other = await lock.read({ timeout: 1_000 });
 *   console.assert(one.held && other.held && lock.tryWrite() === undefined);
 * }
 * lock.remove();
 * ```
 * @see semop(2)
 */
export class RwLock extends SemaphoreObject {
  /**
   * Make a lock, or find the one that is there. Two who make it at the same time get the same one.
   *
   * @param key Its key, as `ftok()` makes it; `IPC_PRIVATE` for one that is found by its id alone.
   * @param options Its mode, and whether it must be new.
   * @returns The lock, which stays until it is removed.
   * @throws {RangeError} if the key has more than 32 bits, the mode is none, or what has this key is no such lock.
   * @throws {SyscallError} `EEXIST` if there is one and it must be new, `EACCES` if it may not be used with that mode,
   * `EINVAL` if what has this key is no such lock, `ENOSPC` if the system has too many semaphores.
   * @see semget(2)
   */
  static create(key: number, options: IpcCreateOptions = {}): RwLock {
    return new RwLock(createObject(key, INITIAL, options));
  }

  /**
   * Find a lock by its key.
   *
   * @param key Its key.
   * @returns The lock.
   * @throws {RangeError} if the key has more than 32 bits or is `IPC_PRIVATE`, or what has it is no such lock.
   * @throws {SyscallError} `ENOENT` if there is none, `EACCES` without the right to read it.
   */
  static open(key: number): RwLock {
    return new RwLock(openObject(key, INITIAL));
  }

  /**
   * Find a lock by its id, which another process has told.
   *
   * @param id Its id.
   * @returns The lock.
   * @throws {RangeError} if it cannot be an id, or what has it is no such lock.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if there is none, `EACCES` without the right to read it.
   */
  static fromId(id: number): RwLock {
    return new RwLock(objectOf(id, INITIAL));
  }

  /**
   * Hold it together with other readers, and wait until nobody writes or waits to write. A wait that is given up takes
   * nothing. The process stays alive meanwhile.
   *
   * @param options When to give up.
   * @returns What releases it, at the end of a `using` block for instance.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {SyscallError} `EACCES` without the right to change it, `EIDRM` if it is removed meanwhile, `EINVAL` if it was
   * before, `ERANGE` if 32767 read, `ENOSPC` or `ENOMEM` if the system has no room to undo it.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see semop(2)
   */
  async read(options: WaitOptions = {}): Promise<LockGuard> {
    checkLimit(options);
    return this.#guard(READ_DONE, await read(this.semaphores, options));
  }

  /**
   * {@linkcode RwLock.read} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws as {@linkcode RwLock.read} does, or what a handler throws.
   */
  readSync(options: SyncWaitOptions = {}): LockGuard {
    checkLimit({ timeout: options.timeout });
    return this.#guard(READ_DONE, readSync(this.semaphores, options));
  }

  /**
   * Hold it together with other readers if nobody writes or waits to write.
   *
   * @returns What releases it; undefined if somebody does.
   * @throws {SyscallError} as {@linkcode RwLock.read} does.
   * @throws {ClosedError} if it is closed.
   */
  tryRead(): LockGuard | undefined {
    const taken = readNow(this.semaphores);
    return taken === false ? undefined : this.#guard(READ_DONE, taken);
  }

  /**
   * Hold it alone, and wait until nobody reads or writes. New readers wait until then. A wait that is given up takes
   * nothing, and lets them in. The process stays alive meanwhile.
   *
   * @param options When to give up.
   * @returns What releases it, at the end of a `using` block for instance.
   * @throws as {@linkcode RwLock.read} does.
   * @see semop(2)
   */
  async write(options: WaitOptions = {}): Promise<LockGuard> {
    checkLimit(options);
    return this.#guard(WRITE_DONE, await write(this.semaphores, options));
  }

  /**
   * {@linkcode RwLock.write} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param options When to give up.
   * @returns What releases it.
   * @throws as {@linkcode RwLock.read} does, or what a handler throws.
   */
  writeSync(options: SyncWaitOptions = {}): LockGuard {
    checkLimit({ timeout: options.timeout });
    return this.#guard(WRITE_DONE, writeSync(this.semaphores, options));
  }

  /**
   * Hold it alone if nobody reads or writes.
   *
   * @returns What releases it; undefined if somebody does.
   * @throws {SyscallError} as {@linkcode RwLock.read} does.
   * @throws {ClosedError} if it is closed.
   */
  tryWrite(): LockGuard | undefined {
    const taken = writeNow(this.semaphores);
    return taken === false ? undefined : this.#guard(WRITE_DONE, taken);
  }

  #guard(done: readonly SemaphoreOperation[], taken: Taken): LockGuard {
    const { id, key, count } = this.semaphores;
    return new LockGuard(this, () => giveBack({ id, key, count }, done), taken);
  }
}
