import { failuresIn, halves, outcome, sum } from "../../tools/test.ts";
import { assertEquals, repository, test } from "../support/mod.ts";

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

test("sum() adds up what two runs at the same time have come to, and fails if one has", () => {
  const [one, other] = [outcome(SAID, 1), outcome("ok | 5 passed | 0 failed (1s)\n", 0)];
  const { code, passed, failed, skipped, failedFiles } = sum(one, other);
  assertEquals([code, passed, failed, skipped.length, failedFiles], [1, 6, 2, 1, [
    "./tests/a_test.ts",
    "./tests/c_test.ts",
  ]]);
});

test("halves() has every test once", () => {
  const tests = (folder: string): string[] =>
    [...Deno.readDirSync(repository(folder))].flatMap(({ name, isDirectory }) => {
      if (isDirectory) return tests(`${folder}/${name}`);
      return name.endsWith("_test.ts") ? [`${folder}/${name}`] : [];
    });
  const inHalf = (half: string[]) =>
    half.flatMap((path) => Deno.statSync(repository(path)).isDirectory ? tests(path) : [path]);
  const all = halves().flatMap(inHalf);
  assertEquals(all.sort(), tests("tests").sort());
});
