import { timeoutReason } from "../../lib/core/limit.ts";
import { TimeLeft } from "../../lib/sysv/time_left.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("TimeLeft counts whole milliseconds down to 0", () => {
  assertEquals([new TimeLeft(0).next(), new TimeLeft(Infinity).next()], [0, Infinity]);
  const left = new TimeLeft(60_000).next();
  assert(Number.isInteger(left) && left > 50_000 && left <= 60_000, `${left}`);
});

test("TimeLeft makes the reason of the last wait that of the whole, and leaves all others as they are", () => {
  const left = new TimeLeft(60_000);
  while (left.next() === 60_000);
  assertEquals((left.reason(timeoutReason(left.next())) as Error).message, "Timed out after 60000 ms");
  for (const other of [new Error("mine"), new DOMException("Signal timed out.", "TimeoutError"), undefined]) {
    assertEquals(left.reason(other), other);
  }
});
