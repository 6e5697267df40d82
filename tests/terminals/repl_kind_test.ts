import { openRepl } from "../../mod.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";

test("ReplKind: dash with prompts of its own", async () => {
  await using dash = await openRepl({
    command: ["sh", "-i"],
    env: { PS1: "ready> ", PS2: "more> ", ENV: "" },
    prompt: "ready> ",
    continuation: "more> ",
    mark: (token) => ({ command: `echo ${token}`, says: `${token}\n` }),
  });
  assertEquals(await dash.run("for i in 1 2; do\necho $i\ndone"), "1\n2\n");
  await assertRejects(() => dash.run("sleep 9", { timeout: 50 }), DOMException);
  assertEquals([await dash.run("echo on"), dash.restarts], ["on\n", 0]);
});

test("ReplKind: a program that is not there is told", async () => {
  await assertRejects(() => openRepl("bash", { program: "no-such-bash" }), Deno.errors.NotFound);
  await assertRejects(() => openRepl("bash", { program: "true" }), Deno.errors.UnexpectedEof);
});
