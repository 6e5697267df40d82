import { PreforkCount } from "../../lib/servers/prefork_count.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("PreforkCount keeps a number that was said, and changes it by one", () => {
  const count = new PreforkCount({ children: 2 });
  count.demand(0);
  assertEquals([count.wanted, count.tooMany(2)], [2, false]);
  assert(count.change(1));
  count.demand(0);
  assertEquals(count.wanted, 3);
  assert(count.change(-1) && count.change(-1));
  assertEquals([count.change(-1), count.wanted], [false, 1]);
  count.demand(0);
  assertEquals(count.wanted, 1);
});

test("PreforkCount wants more while too few are idle, up to the most, and fewer while too many are", () => {
  const count = new PreforkCount({ children: 2, maxChildren: 5, minSpare: 2, maxSpare: 3 });
  count.demand(2);
  assertEquals(count.wanted, 2);
  count.demand(0);
  assertEquals(count.wanted, 4);
  count.demand(0);
  assertEquals(count.wanted, 5);
  assert(!count.tooMany(3) && count.tooMany(4));
  for (let i = 0; i < 3; i++) count.spare();
  assertEquals([count.wanted, count.tooMany(4)], [2, false]);
});

test("PreforkCount has one child for each processor if nothing else is said", () => {
  assertEquals(new PreforkCount({}).wanted, navigator.hardwareConcurrency);
});

test("PreforkCount refuses numbers that make no sense", () => {
  for (
    const numbers of [
      { children: 0 },
      { children: 1.5 },
      { children: 3, maxChildren: 2 },
      { minSpare: -1 },
      { children: 1, minSpare: 3, maxSpare: 2 },
      { children: NaN },
    ]
  ) assertThrows(() => new PreforkCount(numbers), RangeError, "must be a whole number");
});
