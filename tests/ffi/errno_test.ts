import { assertEquals, count, deno, EMULATED, repository, test } from "../support/mod.ts";

const CALLS = EMULATED ? 1_000 : 20_000;
/** As many at a time as make the machine busy, so that a call is interrupted anywhere. */
const AT_A_TIME = 2;

test(`errno is right in ${count(200)} fresh processes with ${CALLS} failing calls each`, async () => {
  const program = repository("tests/ffi/programs/errno_storm.ts");
  const flags = ["--allow-read", "--v8-flags=--expose-gc"];
  let left = count(200);
  const results: string[] = [];
  const lane = async () => {
    while (left-- > 0) {
      // Every other one with the wait on a thread of the library's own from the beginning.
      const args = [String(CALLS), left % 2 === 0 ? "promote" : "parked"];
      const { stdout, stderr } = await deno(program, { flags, args });
      results.push(stdout.trim() + stderr);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  assertEquals(results, Array(count(200)).fill(`0 wrong of ${CALLS}, disturbed`));
});
