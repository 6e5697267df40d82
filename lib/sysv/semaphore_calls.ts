/** Operations on semaphores as semop(2) takes them, and its refusals in words. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { SEM, SEMBUF, SEMINFO } from "../../ffi/abi/sys_sem.ts";
import { Block } from "../../ffi/memory.ts";
import { semctlMemory, semopElsewhere, semopNow } from "../../ffi/sys_sem.ts";
import { syscallError } from "../core/errors.ts";
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import { keyText } from "./key.ts";
import { type Closable, waitFor, waitForSync, type WaitingCall } from "./wait.ts";

/** What is to be done with one semaphore of a set. */
export interface SemaphoreOperation {
  /** Which one, from 0 on. */
  num: number;
  /**
   * Above 0 it is added to the value. Below 0 it is subtracted, once the value is large enough. 0 waits until the value
   * is 0.
   */
  op: number;
  /**
   * Have the kernel take it back when this process ends, in whatever way.
   * @default {false}
   */
  undo?: boolean;
  /**
   * Fail with `EAGAIN` if it is this one that would have to wait.
   * @default {false}
   */
  noWait?: boolean;
}

/** A set that operations are for. */
export interface SemaphoreTarget {
  readonly id: number;
  readonly key: number;
  readonly count: number;
}

/** What a semaphore can count to, and how much one operation can change. */
export const HIGHEST = 32_767;
const WORDS = SEMBUF.sizeof / 2;
const NUM = SEMBUF.sem_num / 2;
const OP = SEMBUF.sem_op / 2;
const FLG = SEMBUF.sem_flg / 2;
const { SEM_UNDO } = SEM;
const { IPC_NOWAIT } = IPC;
/** What the kernel takes in one call, if nobody has changed the limit. */
const USUAL_LIMIT = 500;

/** One table for the isolate: a call that has it returns before anything else may run. */
let table = new Int16Array(WORDS * USUAL_LIMIT);

/** The number of a semaphore. @throws {RangeError} if the set has none such. */
export function checkNum({ count }: SemaphoreTarget, num: number): number {
  if (!Number.isInteger(num) || num < 0 || num >= count) {
    throw new RangeError(`The semaphores of this set are 0 to ${count - 1}: ${num}`);
  }
  return num;
}

/** A semaphore's value. @throws {RangeError} if it cannot be one. */
export function checkValue(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > HIGHEST) {
    throw new RangeError(`The value of a semaphore is an integer from 0 to ${HIGHEST}: ${value}`);
  }
  return value;
}

/** Put the operations into the table. @throws {RangeError} */
function encode(set: SemaphoreTarget, ops: readonly SemaphoreOperation[], flags: number): void {
  const { length } = ops;
  const { count } = set;
  if (length === 0) throw new RangeError("There must be at least one operation");
  if (length * WORDS > table.length) table = new Int16Array(WORDS * length);
  for (let i = 0, at = 0; i < length; i++, at += WORDS) {
    const { num, op, undo, noWait } = ops[i]!;
    if ((num | 0) !== num || num < 0 || num >= count) checkNum(set, num);
    if ((op | 0) !== op || op < -HIGHEST || op > HIGHEST) {
      throw new RangeError(`An operation is an integer from -${HIGHEST} to ${HIGHEST}: ${op}`);
    }
    table[at + NUM] = num;
    table[at + OP] = op;
    table[at + FLG] = flags | (undo ? SEM_UNDO : 0) | (noWait ? IPC_NOWAIT : 0);
  }
}

/** Do them all if none has to wait: 0, -EAGAIN if one has to, or another -errno. */
export function attempt(set: SemaphoreTarget, ops: readonly SemaphoreOperation[]): number {
  encode(set, ops, IPC_NOWAIT);
  let rc: number;
  while ((rc = semopNow(set.id, table, ops.length)) === -ERRNO.EINTR);
  return rc;
}

/** Do them all if none has to wait: whether it was done. @throws {SyscallError} */
export function operateNow(set: SemaphoreTarget, ops: readonly SemaphoreOperation[]): boolean {
  const rc = attempt(set, ops);
  if (rc === 0) return true;
  if (rc === -ERRNO.EAGAIN) return false;
  throw semopError(set, -rc, ops.length);
}

/** The call that waits; the operations lie where a worker can read them. */
function waitingCall(set: SemaphoreTarget, ops: readonly SemaphoreOperation[]): WaitingCall {
  encode(set, ops, 0);
  const block = new Block(SEMBUF.sizeof * ops.length);
  block.put(table.subarray(0, WORDS * ops.length));
  return {
    fn: semopElsewhere as WaitingCall["fn"],
    args: [set.id, block.address, ops.length],
    [Symbol.dispose]: () => block.free(),
  };
}

/** Do them all, and wait for that on a thread of the library's if need be: 0 or -errno. @throws as waitFor() does. */
export async function perform(
  set: SemaphoreTarget,
  ops: readonly SemaphoreOperation[],
  options: WaitOptions,
  owner: object,
): Promise<number> {
  const rc = attempt(set, ops);
  if (rc !== -ERRNO.EAGAIN || neverWaits(ops)) return rc;
  using call = waitingCall(set, ops);
  return await waitFor(call, { ...options, what: () => `operate on ${nameOf(set)}` }, owner);
}

/** Do them all, and block this thread for that if need be: 0 or -errno. @throws as waitForSync() does. */
export function performSync(
  set: SemaphoreTarget & Closable,
  ops: readonly SemaphoreOperation[],
  options?: SyncWaitOptions,
): number {
  const rc = attempt(set, ops);
  return rc !== -ERRNO.EAGAIN || neverWaits(ops) ? rc : block(set, ops, options);
}

/** What V8 cannot make fast stands in a function of its own. */
function block(
  set: SemaphoreTarget & Closable,
  ops: readonly SemaphoreOperation[],
  options: SyncWaitOptions = {},
): number {
  using call = waitingCall(set, ops);
  return waitForSync(call, { ...options, what: () => `operate on ${nameOf(set)}` }, () => takeBack(set, ops), set);
}

/** What others have taken meanwhile of what was given cannot be taken back; then all else is. */
function takeBack(set: SemaphoreTarget, ops: readonly SemaphoreOperation[]): void {
  const steps = reversed(ops);
  if (attempt(set, steps) < 0) { for (const step of steps) attempt(set, [step]); }
}

function neverWaits(ops: readonly SemaphoreOperation[]): boolean {
  return ops.every(({ noWait }) => noWait);
}

/** Throw what -errno stands for. */
export function checkOperations(set: SemaphoreTarget, rc: number, ops: readonly SemaphoreOperation[]): void {
  if (rc < 0) throw semopError(set, -rc, ops.length);
}

/** What takes operations back, the last one first. */
function reversed(ops: readonly SemaphoreOperation[]): SemaphoreOperation[] {
  return ops.filter(({ op }) => op !== 0).map(({ num, op, undo }) => ({ num, op: -op, undo })).reverse();
}

/** As errors name a set: by its key, or by its id if it is private. */
export function nameOf({ id, key }: Pick<SemaphoreTarget, "id" | "key">): string {
  return key === 0 ? `private semaphore set ${id}` : `semaphore set ${keyText(key)}`;
}

/** What libc's words do not tell. */
const REASONS: Record<number, string> = {
  [ERRNO.EAGAIN]: " without waiting",
  [ERRNO.EIDRM]: ", which was removed",
  [ERRNO.EINVAL]: ", which does not exist",
  [ERRNO.ERANGE]: `, since a value or what is to be undone would leave the range up to ${HIGHEST}`,
  [ERRNO.ENOSPC]: ", since the system has no room to undo it",
};

/** The reason for an error of semctl(2) or semop(2) that libc's words do not tell. */
export function reasonFor(errno: number): string {
  return REASONS[errno] ?? "";
}

function semopError(set: SemaphoreTarget, errno: number, count: number): Error {
  const name = nameOf(set);
  const doing = errno === ERRNO.E2BIG
    ? `do ${count} operations at once on ${name}, where the limit is ${operationLimit()}`
    : `operate on ${name}${reasonFor(errno)}`;
  return syscallError(doing, errno, "semop", { key: set.key });
}

/** How many operations one call may have. */
function operationLimit(): number {
  const info = new DataView(new ArrayBuffer(SEMINFO.sizeof));
  return semctlMemory(0, 0, SEM.SEM_INFO, info) < 0 ? USUAL_LIMIT : info.getInt32(SEMINFO.semopm, true);
}
