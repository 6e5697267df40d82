import { checkLockMode } from "../../lib/locks/calls.ts";
import { assertThrows, test } from "../support/mod.ts";

test("checkLockMode() knows two modes, and no other word", () => {
  checkLockMode("shared");
  checkLockMode("exclusive");
  for (const mode of ["", "read", "SHARED", undefined, 1]) {
    assertThrows(() => checkLockMode(mode as "shared"), TypeError, 'A lock is "shared" or "exclusive", not ');
  }
});
