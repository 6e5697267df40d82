import { capture, captureSync, ExitError, run, shell } from "../../lib/processes/mod.ts";
import { displayCommand } from "../../lib/processes/exit_error.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows, test } from "../support/mod.ts";

test("ExitError has the command, the status in words and what was written to standard error", async () => {
  const command = shell("echo no such luck >&2; exit 3");
  for (const failing of [() => capture(command), async () => await captureSync(command)]) {
    const error = await assertRejects(failing, ExitError);
    assertEquals(error.message, "Command failed: /bin/sh -c 'echo no such luck >&2; exit 3': exit 3\nno such luck");
    assertEquals([error.name, error.command, error.stderr], ["ExitError", command, "no such luck\n"]);
    assertEquals(error.status.code, 3);
  }
});

test("ExitError says by which signal a command was killed", async () => {
  const error = await assertRejects(() => run(shell("kill -TERM $$")), ExitError);
  assertMatch(error.message, /: killed by SIGTERM$/);
  assertEquals([error.status.signal, error.stderr], ["SIGTERM", ""]);
});

test("ExitError shows the head and the tail of a long standard error", async () => {
  const command = shell("{ echo first; seq 1 20000; echo last; } >&2; exit 1");
  const error = await assertRejects(() => capture(command), ExitError);
  assertMatch(error.stderr, /^first\n1\n2\n/);
  assertMatch(error.stderr, /\n20000\nlast\n$/);
  const left = Number(/\.\.\. (\d+) characters left out \.\.\./.exec(error.stderr)![1]);
  const whole = "first\n".length + "last\n".length +
    Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join("").length;
  assert(error.stderr.length < 5_000 && left === whole - 2 * 2_048);
  assertEquals(error.message.split("\n").length, error.stderr.trimEnd().split("\n").length + 1);
});

test("displayCommand() quotes what a shell would read", () => {
  const shown = displayCommand(["/bin/ls", "-l", "--a=b", "", "a b", "it's", "$x", "é", "a\nb"]);
  assertEquals(shown, `/bin/ls -l --a=b '' 'a b' 'it'\\''s' '$x' 'é' 'a\nb'`);
});

test("ExitError can be quoted back to the shell word by word", () => {
  const words = ["'", '"', "\\", "$(id)", "`id`", "*", "~", "#", "a'b'c", ""];
  const { stdout } = captureSync(shell(`printf '%s\\0' ${displayCommand(words)}`));
  assertEquals(stdout, words.map((word) => `${word}\0`).join(""));
  assertThrows(() => captureSync(["false"]), ExitError, "Command failed: false: exit 1");
});
