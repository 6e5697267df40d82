import { timeLeft } from "../../lib/sysv/time_left.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("timeLeft() counts whole milliseconds down to 0", () => {
  const now = performance.now();
  assertEquals([timeLeft(now - 5), timeLeft(-Infinity), timeLeft(Infinity)], [0, 0, Infinity]);
  const left = timeLeft(now + 60_000);
  assert(Number.isInteger(left) && left > 50_000 && left <= 60_000, `${left}`);
});
