import { capture, lines, shell } from "../../lib/processes/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("shell() makes the shell form: pipes, redirects, variables", async () => {
  assertEquals(shell("a | b"), ["/bin/sh", "-c", "a | b"]);
  const { stdout } = await capture(shell("x=1; { echo b; echo a; } | sort; echo $x 2>&1"));
  assertEquals(stdout, "a\nb\n1\n");
});

test("shell() hands words on that the shell does not read", async () => {
  const words = ["$(id)", "; exit 1", "a  b", "", "'", "-n"];
  const { stdout } = await capture(shell('for word; do printf "%s|" "$word"; done; echo "$0 $#"', ...words));
  assertEquals(stdout, `${words.map((word) => `${word}|`).join("")}sh ${words.length}\n`);
});

test("shell() takes a line that begins with a sign for a line, not for an option", async () => {
  for (const line of ["-x", "+x", "--help"]) {
    const { status, stderr } = await capture(shell(line), { check: false });
    assertEquals(status.code, 127, line);
    assertEquals(stderr.includes("not found"), true, stderr);
  }
});

test("shell() serves every form", async () => {
  assertEquals(await Array.fromAsync(lines(shell("echo one; echo two"))), ["one", "two"]);
});
