import { ClosedError, IPC_PRIVATE, SemaphoreSet, SyscallError } from "../../mod.ts";
import { checkOpen } from "../../lib/sysv/semaphore_values.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { perl } from "./foreign.ts";
import { awaited, removing } from "./removing.ts";

test("values are set and read one by one and all at once, up to 32767", () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 3));
  const set = owned.object;
  assertEquals(set.getAll(), [0, 0, 0]);
  set.setAll([1, 32_767, 3]);
  set.setValue(2, 0);
  assertEquals([set.getAll(), set.getValue(1)], [[1, 32_767, 0], 32_767]);
  for (const value of [-1, 32_768, 1.5, NaN]) {
    assertThrows(() => set.setValue(0, value), RangeError, "from 0 to 32767");
    assertThrows(() => set.setAll([0, value, 0]), RangeError, "from 0 to 32767");
  }
  for (const values of [[], [1, 2], [1, 2, 3, 4]]) assertThrows(() => set.setAll(values), RangeError, "3 values");
  for (const num of [-1, 3, 0.5, NaN]) {
    for (const ask of [() => set.getValue(num), () => set.setValue(num, 1), () => set.waiting(num)]) {
      assertThrows(ask, RangeError, "0 to 2");
    }
    assertThrows(() => set.lastPid(num), RangeError, "0 to 2");
  }
  assertEquals(set.getAll(), [1, 32_767, 0]);
});

test("waiting() counts who waits for more and who waits for 0, and setValue() wakes them", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 2, { initial: [0, 1] }));
  const set = owned.object;
  const waits = [set.acquire(), set.acquire(0, { count: 2 }), set.waitZero(1)];
  await awaited(set, 0, 2);
  await awaited(set, 1, 1);
  assertEquals([set.waiting(0), set.waiting(1)], [{ increase: 2, zero: 0 }, { increase: 0, zero: 1 }]);
  set.setValue(0, 3);
  set.setAll([set.getValue(0), 0]);
  await Promise.all(waits);
  assertEquals([set.waiting(0), set.waiting(1), set.getAll()], [
    { increase: 0, zero: 0 },
    { increase: 0, zero: 0 },
    [0, 0],
  ]);
});

test("lastPid() names the process, another language's too", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 2));
  const set = owned.object;
  assertEquals(set.lastPid(0), 0);
  set.release(0);
  assertEquals([set.lastPid(0), set.lastPid(1)], [Deno.pid, 0]);
  const pid = await perl('semop($ARGV[0], pack("s3", 1, 1, 0)) or die $!; print $$', set.id);
  assertEquals([set.lastPid(0), `${set.lastPid(1)}`], [Deno.pid, pid]);
}, { needs: ["perl"] });

test("a set that is closed is used no more, and what waits for it rejects", async () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 1));
  const other = SemaphoreSet.fromId(owned.object.id);
  const waits = [other.acquire(), other.op([{ num: 0, op: -1 }, { num: 0, op: 0 }])];
  for (const wait of waits) wait.catch(() => {});
  await awaited(other, 0, 2);
  other.close();
  other.close();
  await Promise.all(waits.map((wait) => assertRejects(() => wait, ClosedError, "closed while it was waited for")));
  assertEquals([owned.object.waiting(0), other.closed, owned.object.closed], [{ increase: 0, zero: 0 }, true, false]);
  const uses: (() => unknown)[] = [
    () => other.getValue(0),
    () => other.getAll(),
    () => other.setAll([1]),
    () => other.stat(),
    () => other.remove(),
    () => other.set({ mode: 0o600 }),
    () => other.tryAcquire(),
    () => other.release(),
    () => other.opSync([{ num: 0, op: 1 }]),
    () => checkOpen(other),
  ];
  for (const use of uses) assertThrows(use, ClosedError, "it was closed");
  await assertRejects(() => other.op([{ num: 0, op: 1 }]), ClosedError);
  assertEquals(owned.object.getValue(0), 0);
});

test("a set that was removed is EINVAL for all that is asked of it", () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 1));
  using set = SemaphoreSet.fromId(owned.object.id);
  owned.object.remove();
  const uses: [use: () => unknown, text: string][] = [
    [() => set.getValue(0), "read the value of semaphore 0 of"],
    [() => set.setValue(0, 1), "set the value of semaphore 0 of"],
    [() => set.getAll(), "read the values of"],
    [() => set.setAll([1]), "set the values of"],
    [() => set.waiting(0), "count the waiters of semaphore 0 of"],
    [() => set.lastPid(0), "find the last user of semaphore 0 of"],
    [() => set.stat(), "read the state of"],
    [() => set.remove(), "remove"],
  ];
  for (const [use, text] of uses) {
    const error = assertThrows(use, SyscallError);
    assertEquals([error.code, error.syscall], ["EINVAL", "semctl"]);
    const rest = `private semaphore set ${set.id}, which does not exist: invalid argument (EINVAL, semctl)`;
    assertEquals(error.message, `Cannot ${text} ${rest}`);
  }
  assertEquals(assertThrows(() => set.tryAcquire(), SyscallError).code, "EINVAL");
});
