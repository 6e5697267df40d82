/**
 * How processes wait for each other with semaphores. Generations take turns with two gates: of the present one the gate is
 * closed (1), of the other one open (0). Each has its room: how many more may wait for its gate. Who waits takes a place,
 * and gives it back in the same operation that finds the gate open, so a room is whole again once all are gone. Places are
 * taken with undo: who dies waits no more.
 *
 * The last one is who finds no place left. It opens the gate and closes the other, in one operation whose conditions are
 * that there is still no place left, and that all of the generation before are gone.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { attempt, operateNow, type SemaphoreOperation } from "./semaphore_calls.ts";
import { giveBack } from "./semaphore_object.ts";
import type { SemaphoreSet } from "./semaphore_set.ts";

/** Whoever arrives holds it for a moment, so that the generation does not change under its hands. */
const MUTEX = 0;
const ROOM = 1;
const GATE = 3;
const PARTIES = 5;

const LOCK: SemaphoreOperation[] = [{ num: MUTEX, op: -1, undo: true }];
const UNLOCK: SemaphoreOperation[] = [{ num: MUTEX, op: 1, undo: true }];

/** The first values of the semaphores. */
export function initialValues(parties: number): number[] {
  return [1, parties - 1, parties - 1, 1, 0, parties];
}

/** For how many a barrier is. */
export function partiesOf(values: readonly number[]): number {
  return values[PARTIES]!;
}

/** The semaphore is `value` at least; it stays what it is. */
function atLeast(num: number, value: number): SemaphoreOperation[] {
  return [{ num, op: -value }, { num, op: value }];
}

/** Take a place. */
function join(generation: number): SemaphoreOperation[] {
  return [{ num: ROOM + generation, op: -1, undo: true }, ...UNLOCK];
}

/** All of a generation are gone. For one party these are two waits for 0, which it always is. */
function gone(generation: number, parties: number): SemaphoreOperation[] {
  return atLeast(ROOM + generation, parties - 1);
}

/** Be the last. */
function open(generation: number, parties: number): SemaphoreOperation[] {
  return [
    { num: ROOM + generation, op: 0 },
    ...gone(1 - generation, parties),
    { num: GATE + generation, op: -1 },
    { num: GATE + 1 - generation, op: 1 },
    ...UNLOCK,
  ];
}

/** Find the gate open. */
function pass(generation: number): SemaphoreOperation[] {
  return [{ num: GATE + generation, op: 0 }, { num: ROOM + generation, op: 1, undo: true }];
}

/** Give the place back, as long as the gate is closed. */
function leave(generation: number): SemaphoreOperation[] {
  return [...atLeast(GATE + generation, 1), { num: ROOM + generation, op: 1, undo: true }];
}

/**
 * Arrive, and wait. It yields what is to be waited for; what fails is thrown into it.
 *
 * @returns Whether it was the last.
 * @throws what was thrown into it, unless the gate had opened before it could leave.
 */
export function* meeting(set: SemaphoreSet, parties: number): Generator<SemaphoreOperation[], boolean, void> {
  const generation = yield* arrival(set, parties);
  if (generation === undefined) return true;
  try {
    yield pass(generation);
  } catch (error) {
    if (left(set, generation)) throw error;
  }
  return false;
}

/** Take a place in the present generation; undefined if it was the last one, and has opened the gate. */
function* arrival(set: SemaphoreSet, parties: number): Generator<SemaphoreOperation[], number | undefined, void> {
  yield LOCK;
  let locked = true;
  try {
    for (;;) {
      const generation = set.getValue(GATE) === 1 ? 0 : 1;
      locked = !operateNow(set, join(generation));
      if (!locked) return generation;
      locked = !operateNow(set, open(generation, parties));
      if (!locked) return undefined;
      // Some of the generation before are awake and have not gone yet, or somebody has just given back a place.
      yield gone(1 - generation, parties);
    }
  } finally {
    if (locked) giveBack(set, UNLOCK);
  }
}

/** Wait no more: false if the gate has opened, so that it was not in vain. */
function left(set: SemaphoreSet, generation: number): boolean {
  for (;;) {
    if (attempt(set, leave(generation)) !== -ERRNO.EAGAIN) return true;
    if (attempt(set, pass(generation)) === 0) return false;
  }
}
