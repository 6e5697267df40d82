/**
 * The semaphores of a lock for readers and writers. All but the owner's name are given back by the kernel when a process
 * ends.
 */
import { type AbandonedLock, LockOwner } from "./lock_owner.ts";
import { OwnedLock, type Taken } from "./owned_lock.ts";
import type { SyncWaitOptions, WaitOptions } from "../core/limit.ts";
import { checkOperations, operateNow, perform, performSync, type SemaphoreOperation } from "./semaphore_calls.ts";
import { giveBack } from "./semaphore_object.ts";
import type { SemaphoreSet } from "./semaphore_set.ts";
import { checkOpen } from "./semaphore_values.ts";

/** A writer is there. */
const WRITER = 0;
/** How many read. */
const READERS = 1;
/** How many wait to write: as long as there are any, nobody begins to read. */
const QUEUE = 2;
/** The writer's name, in this semaphore and the next: 0 if there is none. */
const NAME = 3;
const OWNER = new LockOwner(NAME);
/** Their first values. */
export const INITIAL: readonly number[] = [0, 0, 0, 0, 0];

const ALONE: SemaphoreOperation[] = [
  { num: WRITER, op: 0, undo: false },
  { num: READERS, op: 0, undo: false },
  { num: WRITER, op: 1, undo: true },
];
const QUEUE_UP: SemaphoreOperation[] = [{ num: QUEUE, op: 1, undo: true }];
const QUEUE_NO_MORE: SemaphoreOperation[] = [{ num: QUEUE, op: -1, undo: true }];
const READ: SemaphoreOperation[] = [
  { num: WRITER, op: 0, undo: false },
  { num: QUEUE, op: 0, undo: false },
  { num: READERS, op: 1, undo: true },
];
/** What a reader does in the end. */
export const READ_DONE: readonly SemaphoreOperation[] = [{ num: READERS, op: -1, undo: true }];
/** What a writer does in the end. */
export const WRITE_DONE: readonly SemaphoreOperation[] = [...OWNER.leave, { num: WRITER, op: -1, undo: true }];

const WRITE = new OwnedLock(OWNER, ALONE);
const WRITE_QUEUED = new OwnedLock(OWNER, [...ALONE, ...QUEUE_NO_MORE]);

/** Write if nobody reads or writes: false if somebody does. */
export function writeNow(set: SemaphoreSet): Taken | false {
  return WRITE.takeNow(set);
}

/** Write, and wait for it if need be. Whoever gives up waits no more. */
export async function write(set: SemaphoreSet, options: WaitOptions): Promise<Taken> {
  const taken = WRITE.takeNow(set);
  if (taken !== false) return taken;
  operateNow(set, QUEUE_UP);
  let queued = true;
  try {
    const later = await WRITE_QUEUED.take(set, options);
    queued = false;
    return later;
  } finally {
    if (queued) giveBack(set, QUEUE_NO_MORE);
  }
}

/** Write, and block this thread for it if need be. */
export function writeSync(set: SemaphoreSet, options: SyncWaitOptions): Taken {
  const taken = WRITE.takeNow(set);
  if (taken !== false) return taken;
  operateNow(set, QUEUE_UP);
  let queued = true;
  try {
    const later = WRITE_QUEUED.takeSync(set, options);
    queued = false;
    return later;
  } finally {
    if (queued) giveBack(set, QUEUE_NO_MORE);
  }
}

/** Read if nobody writes or waits to: false if somebody does. */
export function readNow(set: SemaphoreSet): Taken | false {
  checkOpen(set);
  return operateNow(set, READ) ? deadWriter(set) : false;
}

/** Read, and wait for it if need be. */
export async function read(set: SemaphoreSet, options: WaitOptions): Promise<Taken> {
  checkOpen(set);
  checkOperations(set, await perform(set, READ, options, set), READ);
  return deadWriter(set);
}

/** Read, and block this thread for it if need be. */
export function readSync(set: SemaphoreSet, options: SyncWaitOptions): Taken {
  checkOpen(set);
  checkOperations(set, performSync(set, READ, options), READ);
  return deadWriter(set);
}

/** As long as somebody reads there is no writer, so whoever is named as one is dead. */
function deadWriter(set: SemaphoreSet): AbandonedLock | undefined {
  if (set.getValue(NAME) === 0) return undefined;
  const pid = OWNER.in(set.getAll());
  return pid === undefined ? undefined : { pid };
}
