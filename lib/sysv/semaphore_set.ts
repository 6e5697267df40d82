/** Sets of System V semaphores. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC, IPC_PERM } from "../../ffi/abi/sys_ipc.ts";
import { SEM, SEMID_DS } from "../../ffi/abi/sys_sem.ts";
import { semctl, semctlMemory, semget } from "../../ffi/sys_sem.ts";
import { check, syscallError } from "../core/errors.ts";
import { changeOwner, checkId, type IpcOwnerChange } from "./ipc_object.ts";
import { keyOf, keyText } from "./key.ts";
import type { SemaphoreTarget } from "./semaphore_calls.ts";
import { createSet, type SemaphoreCreateOptions } from "./semaphore_creation.ts";
import { SemaphoreOperations } from "./semaphore_operations.ts";
import { type SemaphoreStat, setStat } from "./semaphore_stat.ts";

/**
 * A set of semaphores that processes share: counters that never fall below 0, on which all wait that would make them.
 * Operations on several of them are done all at once or not at all.
 *
 * It is the kernel's: it stays, with its values, when all processes have ended, until somebody removes it. This object owns
 * nothing of it; {@linkcode SemaphoreSet.remove} removes it, {@linkcode SemaphoreSet.close} and `using` do not.
 *
 * @example A lock that the kernel releases if its holder dies
 * ```ts
 * import { IPC_PRIVATE, SemaphoreSet } from "@vasty/vasty";
 *
 * using set = SemaphoreSet.create(IPC_PRIVATE, 1, { initial: 1 });
 * await set.acquire(0, { undo: true });
 * console.log("nobody else is here");
 * set.release(0, { undo: true });
 * set.remove();
 * ```
 * @see sysvipc(7), semop(2)
 */
export class SemaphoreSet extends SemaphoreOperations {
  /**
   * Make a set, or find the one that is there.
   *
   * The kernel makes a set in one step and gives it values in another. With `initial` the values are set exactly once, by
   * whoever comes first, and all others who give `initial` wait for that, which blocks this thread for as long as it
   * takes: microseconds, or a second if whoever came first has died in between; then somebody else sets them. Who finds
   * the set without `initial` may see it before. What is left is a process that is stopped for longer than half a second
   * in the middle of that, while others take over and use up all that they have set.
   *
   * @param key Its key, as `ftok()` makes it; `IPC_PRIVATE` for one that is found by its id alone.
   * @param count How many semaphores. One that is there may have more, unless `initial` is given.
   * @param options Its mode, whether it must be new, and its first values.
   * @returns The set, which stays until it is removed.
   * @throws {RangeError} if the key has more than 32 bits, the count is not from 1 to 65535, the mode is none, or an
   * initial value is not from 0 to 32767 or is missing; or if the set that is there has more semaphores than initial values.
   * @throws {SyscallError} `EEXIST` if there is one and it must be new, `EACCES` if it may not be used with that mode,
   * `EINVAL` if it has fewer semaphores or the system allows none so large, `ENOSPC` if the system has too many, `ENOMEM`.
   * @example
   * ```ts
   * import { ftok, SemaphoreSet } from "@vasty/vasty";
   *
   * const path = await Deno.makeTempFile();
   * using set = SemaphoreSet.create(ftok(path), 2, { mode: 0o660, initial: [1, 0] });
   * console.assert(set.count === 2 && set.getAll().join() === "1,0");
   * set.remove();
   * await Deno.remove(path);
   * ```
   * @see semget(2)
   */
  static create(key: number, count: number, options: SemaphoreCreateOptions = {}): SemaphoreSet {
    for (;;) {
      const found = SemaphoreSet.#found(createSet(key, count, options));
      if (found !== undefined) return found;
    }
  }

  /**
   * Find a set by its key.
   *
   * @param key Its key.
   * @returns The set.
   * @throws {RangeError} if the key has more than 32 bits, or is `IPC_PRIVATE`, by which no set is found.
   * @throws {SyscallError} `ENOENT` if there is none.
   * @example
   * ```ts
   * import { SemaphoreSet } from "@vasty/vasty";
   *
   * using made = SemaphoreSet.create(0xfeed0001, 1, { initial: 3 });
   * using found = SemaphoreSet.open(0xfeed0001);
   * console.assert(found.id === made.id && found.getValue(0) === 3);
   * made.remove();
   * ```
   * @see semget(2)
   */
  static open(key: number): SemaphoreSet {
    const name = keyOf(key);
    if (name === IPC.IPC_PRIVATE) throw new RangeError("A private set is found by its id");
    for (;;) {
      const id = check(semget(name, 0, 0), `open semaphore set ${keyText(name)}`, "semget", { key: name });
      const found = SemaphoreSet.#found(id);
      if (found !== undefined) return found;
    }
  }

  /** The set with this id; nothing if it was removed since it was found: another one may be there. @throws {SyscallError} */
  static #found(id: number): SemaphoreSet | undefined {
    const target = describe(id);
    if (typeof target !== "number") return new SemaphoreSet(target);
    if (target === -ERRNO.EINVAL || target === -ERRNO.EIDRM) return undefined;
    throw syscallError(`find semaphore set with id ${id}`, -target, "semctl");
  }

  /**
   * Find a set by its id, which another process has told.
   *
   * @param id Its id.
   * @returns The set.
   * @throws {RangeError} if it cannot be an id.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if there is none.
   * @see semctl(2)
   */
  static fromId(id: number): SemaphoreSet {
    const target = describe(checkId(id));
    if (typeof target !== "number") return new SemaphoreSet(target);
    throw syscallError(`find semaphore set with id ${id}`, -target, "semctl");
  }

  /**
   * What the kernel knows of it.
   *
   * @returns Its owner, mode, size and times.
   * @throws {SyscallError} `EACCES` without the right to read it, `EINVAL` or `EIDRM` if it was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), IPC_STAT
   */
  stat(): SemaphoreStat {
    return setStat(this.#read(), this.id);
  }

  /**
   * Change its owner or its mode.
   *
   * @param change What is to be changed; the rest stays.
   * @throws {RangeError} if an id or the mode is out of range.
   * @throws {SyscallError} `EPERM` if it is not this user's, `EACCES` without the right to read it, `EINVAL` or `EIDRM` if
   * it was removed.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), IPC_SET
   */
  set(change: IpcOwnerChange): void {
    const ds = this.#read();
    changeOwner(ds, change);
    this.control(IPC.IPC_SET, ds, "change the owner or mode");
  }

  /**
   * Remove it, for all processes and at once. All who wait for it fail with `EIDRM`; whoever uses it later, with `EINVAL`.
   *
   * @throws {SyscallError} `EPERM` if it is not this user's, `EINVAL` or `EIDRM` if it was removed before.
   * @throws {ClosedError} if it is closed.
   * @see semctl(2), IPC_RMID
   */
  remove(): void {
    this.use();
    this.checked(semctl(this.id, 0, IPC.IPC_RMID, 0), "remove");
  }

  #read(): DataView<ArrayBuffer> {
    const ds = new DataView(new ArrayBuffer(SEMID_DS.sizeof));
    this.control(IPC.IPC_STAT, ds, "read the state");
    return ds;
  }
}

/** The key and the size of the set with this id, or -errno. */
function describe(id: number): SemaphoreTarget | number {
  const ds = new DataView(new ArrayBuffer(SEMID_DS.sizeof));
  let rc = semctlMemory(id, 0, IPC.IPC_STAT, ds);
  // Who may change it and not read it may know as much as /proc/sysvipc/sem tells everybody.
  if (rc === -ERRNO.EACCES && semctlMemory(id, 0, SEM.SEM_STAT_ANY, ds) === id) rc = 0;
  if (rc < 0) return rc;
  return {
    id,
    key: ds.getUint32(IPC_PERM.__key, true),
    count: Number(ds.getBigUint64(SEMID_DS.sem_nsems, true)),
  };
}
