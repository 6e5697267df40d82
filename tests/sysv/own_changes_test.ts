import { beginChange, checkNoChange } from "../../lib/sysv/own_changes.ts";
import { assertThrows, test } from "../support/mod.ts";

test("checkNoChange() refuses a lock as long as one of this thread's changes takes it, and no other one", () => {
  checkNoChange(-1, 5);
  const [one, other] = [beginChange(-1), beginChange(-1)];
  one[Symbol.dispose]();
  assertThrows(() => checkNoChange(-1, 5), Deno.errors.Busy, "A change of 0x00000005 by this thread is not over");
  checkNoChange(-2, 5);
  other[Symbol.dispose]();
  checkNoChange(-1, 5);
});
