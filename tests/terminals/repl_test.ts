import { ClosedError, openRepl } from "../../mod.ts";
import { assert, assertEquals, assertRejects, sample, test } from "../support/mod.ts";

test("Repl: bash says what a command says, exactly, and keeps its state", async () => {
  await using shell = await openRepl("bash", { cwd: "/" });
  assertEquals(await shell.run("pwd"), "/\n");
  assertEquals(await shell.run("x=one; printf 'no end %s' $x"), "no end one");
  assertEquals(await shell.run("for i in 1 2\ndo echo $i\ndone"), "1\n2\n");
  assertEquals(await shell.run("cat <<end\n $x\nend\n"), " one\n");
  assertEquals(await shell.run('echo "$PS1" | wc -l; false'), "1\n");
  assertEquals(await shell.run("echo $?"), "1\n");
  assertEquals((await shell.run("seq 30000")).length, 168_894);
  assertEquals(await Promise.all([shell.run("echo a"), shell.run("echo b")]), ["a\n", "b\n"]);
});

test("Repl: showing its prompt's variable shows no prompt", async () => {
  await using shell = await openRepl("bash");
  for (const command of ["env", "set", 'echo "$PS1$PS2"']) assert((await shell.run(command)).includes("\\166asty-"));
  assertEquals(await shell.run("echo still"), "still\n");
});

test("Repl: a command that takes too long gets ^C, and it goes on", async () => {
  await using shell = await openRepl("bash");
  await shell.run("x=kept");
  for (const command of ["sleep 60", "while :; do :; done", "cat"]) {
    const error = await assertRejects(() => shell.run(command, { timeout: 100 }), DOMException);
    assertEquals(error.message, `Timed out after 100 ms: run ${JSON.stringify(command)}`);
  }
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  assertEquals(await assertRejects(() => shell.run("sleep 60", { signal })), reason);
  assertEquals([await shell.run("echo $x"), shell.restarts], ["kept\n", 0]);
});

test("Repl: a command that is not whole is taken back", async () => {
  await using shell = await openRepl("bash");
  await assertRejects(() => shell.run("if true; then"), SyntaxError, '"if true; then"');
  assertEquals(await shell.run("echo on"), "on\n");
});

test("Repl: a command with a line that is too long is taken back", async () => {
  await using shell = await openRepl("bash");
  const long = "x".repeat(5_000);
  for (const command of [`for i in 1; do\necho ${long}\ndone`, `echo ${long}`]) {
    await assertRejects(() => shell.run(command), RangeError, "4095");
    assertEquals([await shell.run("echo on"), shell.restarts], ["on\n", 0]);
  }
});

test("Repl: an end is told, and a command after it is none", async () => {
  const shell = await openRepl("bash");
  await assertRejects(() => shell.run("exit 3"), Deno.errors.UnexpectedEof);
  await assertRejects(() => shell.run("true"), Deno.errors.UnexpectedEof, "The program has ended");
  await shell[Symbol.asyncDispose]();
  await shell[Symbol.asyncDispose]();
  await assertRejects(() => shell.run("true"), ClosedError);
  await assertRejects(() => openRepl("zsh" as "bash"), TypeError, "zsh");
});

test("Repl: Python, blocks and errors too, and long lines", async () => {
  await using python = await openRepl("python", { program: "/usr/bin/python3" });
  assertEquals(await python.run("def twice(n):\n    return 2 * n"), "");
  assertEquals(await python.run("twice(21)"), "42\n");
  assertEquals(await python.run("for i in range(2):\n    print(i)"), "0\n1\n");
  assertEquals(await python.run(`len("${"x".repeat(10_000)}")`), "10000\n");
  assert((await python.run("1 / 0")).endsWith("ZeroDivisionError: division by zero\n"));
  await assertRejects(() => python.run("while True: pass", { timeout: 100 }), DOMException);
  await assertRejects(() => python.run("f(("), SyntaxError);
  assertEquals([await python.run("twice(4)"), python.restarts], ["8\n", 0]);
}, { needs: ["python3"] });

test("Repl: Deno, which starts anew where ^C ends it", async () => {
  await using repl = await openRepl("deno", { program: Deno.execPath() });
  assertEquals(await repl.run("let x = 20; x + 1"), "21\n");
  assertEquals(await repl.run("function f() {\n  return '> ';\n}"), "undefined\n");
  assertEquals(await repl.run("console.log(f() + x); f()"), '> 20\n"> "\n');
  await assertRejects(() => repl.run("for (;;);", { timeout: 100 }), DOMException);
  assertEquals([await repl.run("typeof x"), repl.restarts], ['"undefined"\n', 1]);
}, { skip: sample(false) });
