import { exampleNames } from "../../tools/examples.ts";
import { launchCommand, launched } from "../examples/launched.ts";
import { assert, assertEquals, assertMatch, test } from "../support/mod.ts";

const LINE = /^(ok|WRONG) +[a-z]+ +\S.* \([\d.]+ ms\)$/;

/** All of PATH: no program is found. */
class EmptyFolder implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}

test("the tour finds everything right, and runs every example", async () => {
  const { code, stdout, stderr } = await launched(launchCommand("tools/tour.ts"));
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, stdout);
  const lines = stdout.trim().split("\n");
  const last = lines.pop()!;
  assertMatch(last, new RegExp(`^${lines.length} steps in [\\d.]+ ms: all is well$`));
  for (const line of lines) assertMatch(line, LINE);
  for (const name of exampleNames()) assert(stdout.includes(` ${name} `), `${name} is missing`);
});

test("the tour says what is wrong and ends with 1", async () => {
  using empty = new EmptyFolder();
  const { code, stdout } = await launched(launchCommand("tools/tour.ts"), { env: { PATH: empty.path } });
  assertEquals(code, 1);
  assertMatch(stdout, /^WRONG +pipes .*ENOENT.*$/m);
  assertMatch(stdout, /^ok +ffi +open libc/m);
  assertMatch(stdout, /\n\d+ steps in [\d.]+ ms: \d+ WRONG\n$/);
});
