import { IPC_PRIVATE, SemaphoreSet, SyscallError } from "../../mod.ts";
import { LockOwner } from "../../lib/sysv/lock_owner.ts";
import { OwnedLock } from "../../lib/sysv/owned_lock.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { awaited, removing } from "./removing.ts";

const owner = new LockOwner(1);
const lock = new OwnedLock(owner, [{ num: 0, op: -1 }]);
const DEAD = 4711;
const ABANDONED = [1, 16_384 + DEAD, 1];
const LIMIT = { timeout: 60_000 };

test("OwnedLock is taken at once or later, and says of whom it was taken over", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 3, { initial: [1, 0, 0] }));
  const set = owned.object;
  const takes = [() => lock.takeNow(set), () => lock.takeSync(set, LIMIT), () => lock.take(set, LIMIT)];
  for (const take of takes) {
    set.setAll([1, 0, 0]);
    assertEquals([await take(), owner.in(set.getAll()), set.getValue(0)], [undefined, Deno.pid, 0]);
    set.setAll(ABANDONED);
    assertEquals([await take(), owner.in(set.getAll()), set.getValue(0)], [{ pid: DEAD }, Deno.pid, 0]);
  }
  assertEquals(lock.takeNow(set), false);
  assertThrows(() => lock.takeSync(set, { timeout: 5 }), DOMException);
  await assertRejects(() => lock.take(set, { timeout: 5 }), DOMException);
});

test("OwnedLock whose owner dies: one of those who wait is told so, the others wait on", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 3, { initial: [0, 16_384 + DEAD, 1] }));
  const set = owned.object;
  const taken: unknown[] = [];
  const waits = Array.from({ length: 8 }, async () => {
    taken.push(await lock.take(set, LIMIT));
    set.tryOp([...owner.leave, { num: 0, op: 1 }]);
  });
  await awaited(set, 0, 8);
  // What the kernel does when the owner dies.
  set.release();
  await Promise.all(waits);
  assertEquals(taken.filter((one) => one !== undefined), [{ pid: DEAD }]);
  assertEquals([taken.length, set.getAll()], [8, [1, 0, 0]]);
});

test("OwnedLock in whose place there is something else is ERANGE, and not tried for ever", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 3, { initial: [1, 20_000, 0] }));
  assertEquals(assertThrows(() => lock.takeNow(owned.object), SyscallError).code, "ERANGE");
  await assertRejects(() => lock.take(owned.object, {}), SyscallError, "ERANGE");
});
