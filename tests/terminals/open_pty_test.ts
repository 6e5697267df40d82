import { openPty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { numbers } from "../support/proc.ts";

test("openPty() has 24 lines of 80 characters unless it was told otherwise", () => {
  using usual = openPty();
  using wide = openPty({ cols: 200 });
  assertEquals([usual.size().rows, usual.size().cols, wide.size().cols], [24, 80, 200]);
  assert(usual.path.startsWith("/dev/pts/") && usual.path !== wide.path);
});

test("openPty() refuses a size before it opens anything", () => {
  const before = numbers("/proc/self/fd").length;
  assertThrows(() => openPty({ rows: 70_000 }), RangeError, "rows");
  assertEquals(numbers("/proc/self/fd").length, before);
});
