import { failuresIn, outcome } from "../../tools/test.ts";
import { assertEquals, test } from "../support/mod.ts";

const SAID = `running 2 tests from ./tests/a_test.ts
one ... ok (3ms)
two ... FAILED (12ms)
running 1 test from ./tests/b_test.ts
skipped: three: needs strace
three [skipped: needs strace] ... ignored (0ms)
running 1 test from ./tests/c_test.ts
four ...'four' has been running for over (1m0s)
 FAILED (1m1s)

FAILED | 1 passed | 2 failed | 1 ignored (1m2s)
`;

test("failuresIn() names the files in which a test has failed", () => {
  assertEquals(failuresIn(SAID), ["./tests/a_test.ts", "./tests/c_test.ts"]);
  assertEquals(failuresIn("running 1 test from ./tests/a_test.ts\nFAILED is a word ... ok (3ms)\n"), []);
});

test("outcome() reads the numbers and the reasons, and counts a run that broke off as a failure besides", () => {
  const { code, passed, failed, skipped } = outcome(SAID, 1);
  assertEquals([code, passed, failed, skipped], [1, 1, 2, ["skipped: three: needs strace"]]);
  assertEquals(outcome("running 2 tests from x\none ... ok (3ms)\n", 137).failed, 1);
});
