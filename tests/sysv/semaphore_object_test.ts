import { Barrier, ClosedError, IPC_PRIVATE, Mutex, RwLock, SemaphoreSet, SyscallError } from "../../mod.ts";
import { createObject, giveBack, objectOf, openObject } from "../../lib/sysv/semaphore_object.ts";
import { assert, assertEquals, assertThrows, test, within } from "../support/mod.ts";
import { removing } from "./removing.ts";

const KEY = 0x8d5a_0200;

test("objects are made, found by key and id, closed and removed", () => {
  const kinds = [
    [Mutex.create, Mutex.open, Mutex.fromId],
    [RwLock.create, RwLock.open, RwLock.fromId],
    [
      (key: number, options = {}) => Barrier.create(key, 3, options),
      (key: number) => Barrier.create(key, 3),
      Barrier.fromId,
    ],
  ] as const;
  for (const [create, open, fromId] of kinds) {
    using owned = removing(create(KEY, { mode: 0o640 }));
    const made = owned.object;
    using found = open(KEY);
    using same = fromId(made.id);
    assertEquals([found.id, same.id, same.key, same.semaphores.stat().mode], [made.id, made.id, KEY, 0o640]);
    assertThrows(() => create(KEY, { exclusive: true }), Deno.errors.AlreadyExists);
    same.close();
    same.close();
    assertThrows(() => same.remove(), ClosedError);
    made.remove();
    assertEquals(assertThrows(() => found.remove(), SyscallError).code, "EINVAL");
    assertThrows(() => fromId(made.id), SyscallError);
  }
  assertThrows(() => Mutex.open(KEY), Deno.errors.NotFound);
  assertThrows(() => RwLock.open(IPC_PRIVATE), RangeError);
});

test("what is something else is no mutex, lock or barrier, and is left as it is", () => {
  using owned = removing(SemaphoreSet.create(KEY, 4));
  const start = performance.now();
  for (const open of [() => Mutex.create(KEY), () => Mutex.open(KEY), () => Mutex.fromId(owned.object.id)]) {
    assertThrows(open, RangeError, "has 4 semaphores, not 3");
  }
  assertThrows(() => RwLock.open(KEY), RangeError);
  assertThrows(() => RwLock.create(KEY), SyscallError, "fewer than 5 semaphores");
  assertThrows(() => Barrier.fromId(owned.object.id), RangeError, "is no barrier");
  assert(performance.now() - start < within(200));
  assertEquals([owned.object.getAll(), owned.object.stat().lastOperation], [[0, 0, 0, 0], undefined]);
});

test("openObject() and objectOf() wait for the values, giveBack() minds no set that is gone", () => {
  const initial = [1, 0, 3];
  using owned = removing(createObject(KEY, initial, {}));
  assertEquals([openObject(KEY, initial).id, objectOf(owned.object.id, initial).id], [
    owned.object.id,
    owned.object.id,
  ]);
  owned.object.remove();
  giveBack(owned.object, [{ num: 0, op: 1 }]);
  using blank = removing(SemaphoreSet.create(KEY, 3));
  assertEquals([openObject(KEY, initial).getAll(), blank.object.getAll()], [initial, initial]);
  assertThrows(() => giveBack(blank.object, [{ num: 1, op: -1 }]), Deno.errors.WouldBlock);
});
