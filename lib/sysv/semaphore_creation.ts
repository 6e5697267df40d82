/**
 * How a set of semaphores gets its first values exactly once. The kernel makes a set in one call and its values in
 * another, so whoever finds the set in between has to wait. The sign is sem_otime, the time of the last operation: it is 0
 * until the values have been set by an operation.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { SEM, SEMID_DS } from "../../ffi/abi/sys_sem.ts";
import { pollAny } from "../../ffi/poll.ts";
import { semctl, semctlMemory, semget } from "../../ffi/sys_sem.ts";
import { check, syscallError } from "../core/errors.ts";
import { createFlags, type IpcCreateOptions } from "./ipc_object.ts";
import { keyOf, keyText } from "./key.ts";
import { attempt, checkValue, type SemaphoreOperation } from "./semaphore_calls.ts";

/** How a set of semaphores is made. */
export interface SemaphoreCreateOptions extends IpcCreateOptions {
  /**
   * The first values: one for all, or one for each. They are set exactly once, by whoever comes first.
   * @default {none: they are 0 in a new set, and nobody waits for them}
   */
  initial?: number | readonly number[];
}

/** What is waited for at least before a creator is taken for dead. */
const DEAD_AFTER = 1_000;
/** A creator that has taken longer to come to the values is taken for dead soon: it waits as the others do. */
const OWN_TIME = 500;
/** What one call takes in any configuration that one meets. */
const OPERATIONS = 500;

/** Make a set, or find the one that is there: its id. @throws {SyscallError} */
export function createSet(key: number, count: number, options: SemaphoreCreateOptions): number {
  const flags = createFlags(options);
  if (!Number.isInteger(count) || count < 1 || count > 65_535) {
    throw new RangeError(`A set has from 1 to 65535 semaphores: ${count}`);
  }
  const name = keyOf(key);
  const values = initialValues(count, options.initial);
  if (values === undefined) return created(semget(name, count, flags), name, count);
  const existing = flags & ~(IPC.IPC_CREAT | IPC.IPC_EXCL);
  for (;;) {
    const begun = performance.now();
    let id = semget(name, count, flags | IPC.IPC_EXCL);
    const isNew = id >= 0;
    if (id === -ERRNO.EEXIST && !options.exclusive) id = semget(name, count, existing);
    // It was removed between the two calls.
    if (id === -ERRNO.ENOENT && !isNew) continue;
    created(id, name, count);
    const own = isNew && performance.now() - begun < OWN_TIME;
    if (own ? initialise(id, name, values, true) : awaitValues(id, name, values)) return id;
  }
}

/** The values as an array. @throws {RangeError} */
function initialValues(count: number, initial: number | readonly number[] | undefined): number[] | undefined {
  if (initial === undefined) return undefined;
  const values = typeof initial === "number" ? new Array<number>(count).fill(initial) : [...initial];
  if (values.length !== count) {
    throw new RangeError(`There must be ${count} initial values, one for each semaphore: ${values.length}`);
  }
  values.forEach(checkValue);
  return values;
}

function created(id: number, key: number, count: number): number {
  if (id >= 0) return id;
  const what = key === IPC.IPC_PRIVATE ? "private semaphore set" : `semaphore set ${keyText(key)}`;
  let doing = `create ${what}`;
  if (id === -ERRNO.EINVAL) {
    const exists = key !== IPC.IPC_PRIVATE && semget(key, 0, 0) >= 0;
    doing += exists ? `, since the existing one has fewer than ${count} semaphores` : ` of ${count} semaphores`;
  }
  if (id === -ERRNO.ENOSPC) doing += `, since the system's limit of sets or of semaphores is reached`;
  throw syscallError(doing, -id, "semget", { key });
}

/**
 * Wait until whoever made the set has set its values, and set them if that one has died over it: false if the set is gone.
 *
 * This is the one place where the kernel has nothing to wait on: no call sleeps until sem_otime changes, and an operation
 * that waited on a value would have to know which values are not 0 for other reasons. So it asks every millisecond.
 */
export function awaitValues(id: number, key: number, values: readonly number[]): boolean {
  const begun = performance.now();
  const ds = new DataView(new ArrayBuffer(SEMID_DS.sizeof));
  for (;;) {
    const rc = semctlMemory(id, 0, IPC.IPC_STAT, ds);
    if (isGone(rc)) return false;
    check(rc, `see whether semaphore set ${keyText(key)} has its values`, "semctl", { key });
    const count = Number(ds.getBigUint64(SEMID_DS.sem_nsems, true));
    if (count !== values.length) {
      throw new RangeError(`Semaphore set ${keyText(key)} has ${count} semaphores, not ${values.length}`);
    }
    if (ds.getBigInt64(SEMID_DS.sem_otime, true) > 0n) return true;
    if (performance.now() - begun > DEAD_AFTER) return initialise(id, key, values, false);
    pollAny([], 1);
  }
}

/**
 * Set the values, unless one of them is not 0 any more: then somebody has. False if the set is gone. What is left to chance is a
 * process that is stopped between its last look at sem_otime and its operation for so long that another one has
 * taken over, and that all values are 0 again because they have been taken. For sets that are too large for one operation,
 * two who take over from a dead creator in the same moment are not kept apart.
 */
function initialise(id: number, key: number, values: readonly number[], isNew: boolean): boolean {
  const set = { id, key, count: values.length };
  const ops: SemaphoreOperation[] = [
    ...values.map((_, num) => ({ num, op: 0 })),
    ...values.flatMap((op, num) => op === 0 ? [] : [{ num, op }]),
  ];
  const single = ops.length <= OPERATIONS;
  let rc = single ? attempt(set, ops) : setAll(id, values);
  if (rc === -ERRNO.EAGAIN || (rc >= 0 && !single)) rc = touch(id);
  if (rc >= 0) return true;
  if (isGone(rc)) return false;
  if (isNew) semctl(id, 0, IPC.IPC_RMID, 0);
  throw syscallError(`set the first values of semaphore set ${keyText(key)}`, -rc, "semop", { key });
}

/** Whether somebody has removed it. */
function isGone(rc: number): boolean {
  return rc === -ERRNO.EINVAL || rc === -ERRNO.EIDRM;
}

/** What one operation cannot do: all values at once, if all are 0; -EAGAIN if not. */
function setAll(id: number, values: readonly number[]): number {
  const found = new Uint16Array(values.length);
  const rc = semctlMemory(id, 0, SEM.GETALL, found);
  if (rc < 0) return rc;
  if (found.some((value) => value !== 0)) return -ERRNO.EAGAIN;
  return semctlMemory(id, 0, SEM.SETALL, Uint16Array.from(values));
}

/** An operation that changes nothing but sem_otime, so that nobody waits for values that are there: 0 or -errno. */
function touch(id: number): number {
  const set = { id, key: 0, count: 1 };
  for (;;) {
    let rc = attempt(set, [{ num: 0, op: 0 }]);
    // Down and up: the other way round would not work at the highest value.
    if (rc === -ERRNO.EAGAIN) rc = attempt(set, [{ num: 0, op: -1 }, { num: 0, op: 1 }]);
    if (rc !== -ERRNO.EAGAIN) return rc;
  }
}
