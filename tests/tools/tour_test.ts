import { launchCommand, launched } from "../examples/launched.ts";
import { assertEquals, assertMatch, test } from "../support/mod.ts";

const LINE = /^(ok|WRONG) +[a-z]+ +\S.* \([\d.]+ ms\)$/;

/** All of PATH: no program is found. */
class EmptyFolder implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}

// All of it, every example with it, `.ci/run` takes as a user does.
test("the tour finds everything right of the areas that are named, a line a step", async () => {
  const { code, stdout, stderr } = await launched(launchCommand("tools/tour.ts", "ffi", "locks"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, stdout);
  const lines = stdout.trim().split("\n");
  const last = lines.pop()!;
  assertMatch(last, new RegExp(`^${lines.length} steps in [\\d.]+ ms: all is well$`));
  for (const line of lines) assertMatch(line, LINE);
  assertEquals(new Set(lines.map((line) => line.split(/ +/)[1])), new Set(["ffi", "locks"]));
});

test("the tour says what is wrong and ends with 1", async () => {
  using empty = new EmptyFolder();
  const tour = launchCommand("tools/tour.ts", "ffi", "pipes");
  const { code, stdout } = await launched(tour, { env: { PATH: empty.path } });
  assertEquals(code, 1);
  assertMatch(stdout, /^WRONG +pipes .*ENOENT.*$/m);
  assertMatch(stdout, /^ok +ffi +open libc/m);
  assertMatch(stdout, /\n\d+ steps in [\d.]+ ms: \d+ WRONG\n$/);
});

test("the tour names the areas that there are", async () => {
  const { code, stderr } = await launched(launchCommand("tools/tour.ts", "nothing"));
  assertEquals(code, 2);
  assertMatch(stderr, /^Usage: deno task tour \[AREA\.\.\.\], of ffi, .*, examples\n$/);
});
