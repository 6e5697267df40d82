import { IPC_PRIVATE, SemaphoreSet } from "../../mod.ts";
import { initialValues, meeting, partiesOf } from "../../lib/sysv/barrier_protocol.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { removing } from "./removing.ts";

/** Do what does not have to wait: whether it came to an end. */
function advance(set: SemaphoreSet, steps: ReturnType<typeof meeting>): "waits" | boolean {
  for (let step = steps.next();; step = steps.next()) {
    if (step.done) return step.value;
    if (!set.tryOp(step.value)) return "waits";
  }
}

test("meeting() of each generation is whole again once all are gone, in any order", () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 6, { initial: initialValues(3) }));
  const set = owned.object;
  assertEquals([initialValues(3), partiesOf(set.getAll())], [[1, 2, 2, 1, 0, 3], 3]);
  for (let round = 0; round < 4; round++) {
    const gates = round % 2 ? [0, 1] : [1, 0];
    assertEquals(set.getAll(), [1, 2, 2, ...gates, 3]);
    const [one, two, last] = [meeting(set, 3), meeting(set, 3), meeting(set, 3)];
    assertEquals([advance(set, one), advance(set, two), advance(set, last)], ["waits", "waits", true]);
    const pass = [
      { num: 3 + round % 2, op: 0 },
      { num: 1 + round % 2, op: 1, undo: true },
    ];
    // The place of each is given back by the operation that it waits for.
    assertEquals([set.tryOp(pass), one.next().value, set.tryOp(pass), two.next().value], [true, false, true, false]);
  }
});

test("meeting() opens no gate before all of the generation before are gone", () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 6, { initial: initialValues(2) }));
  const set = owned.object;
  const [slow, last, next, third] = [meeting(set, 2), meeting(set, 2), meeting(set, 2), meeting(set, 2)];
  assertEquals([advance(set, slow), advance(set, last), advance(set, next)], ["waits", true, "waits"]);
  assertEquals(advance(set, third), "waits");
  // It holds the mutex, and gives it back when it is given up.
  assertEquals(set.getValue(0), 0);
  assertThrows(() => third.throw(new Error("enough")), Error, "enough");
  assertEquals(set.getAll(), [1, 0, 0, 0, 1, 2]);
  assertEquals(slow.throw(new Error("too late")).value, false);
  assertEquals([advance(set, meeting(set, 2)), set.getAll()], [true, [1, 1, 0, 1, 0, 2]]);
});

test("meeting() that is given up counts no more", () => {
  using owned = removing(SemaphoreSet.create(IPC_PRIVATE, 6, { initial: initialValues(2) }));
  const set = owned.object;
  const one = meeting(set, 2);
  assertEquals([advance(set, one), set.getValue(1)], ["waits", 0]);
  assertThrows(() => one.throw(new Error("enough")), Error, "enough");
  assertEquals(set.getAll(), initialValues(2));
  assertEquals([advance(set, meeting(set, 2)), advance(set, meeting(set, 2))], ["waits", true]);
});
