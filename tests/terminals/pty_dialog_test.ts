import { ClosedError, CONTINUE, EOF, Expect, spawnPty } from "../../mod.ts";
import { assert, assertEquals, assertRejects, count, EMULATED, size, test } from "../support/mod.ts";

test("a dialog with a terminal: what is typed is echoed, and control keys are signals", async () => {
  const child = spawnPty([
    "sh",
    "-c",
    "trap 'echo interrupted' INT; echo ready; while ! read line; do :; done; echo got $line",
  ]);
  await using dialog = new Expect(child, { lineEnd: "\r" });
  await dialog.expect("ready\r\n");
  await dialog.sendControl("c");
  await dialog.expect("interrupted\r\n");
  await dialog.sendLine("typed");
  await dialog.expect("typed\r\ngot typed\r\n");
  assertEquals((await dialog.expect(EOF)).before, "");
  assertEquals((await child.status).code, 0);
});

test("a dialog with a terminal: sendEof() is the end of what it reads", async () => {
  await using dialog = new Expect(spawnPty(["sh", "-c", "stty -echo; echo ready; cat; echo done"]));
  await dialog.expect("ready\r\n");
  await dialog.sendLine("one");
  await dialog.expect("one\r\n");
  await dialog.sendEof();
  await dialog.expect("done\r\n");
  await dialog.expect(EOF);
});

test("a dialog with a terminal: what is written before the exit comes before the end", async () => {
  const program = "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done";
  await using dialog = new Expect(spawnPty(["sh", "-c", program]));
  let lines = 0;
  const action = ({ groups }: { groups: (string | undefined)[] }) => {
    assertEquals(groups[1], `${lines++}`);
    return CONTINUE;
  };
  await dialog.expect([{ pattern: /line (\d+)\r\n/, action }, EOF]);
  assertEquals(lines, 2000);
});

test("a dialog with a terminal: disposing of it ends the child and whoever waits", async () => {
  const child = spawnPty(["cat"]);
  const dialog = new Expect(child);
  const waiting = assertRejects(() => dialog.expect("never"), ClosedError);
  await dialog[Symbol.asyncDispose]();
  await waiting;
  assert(child.closed && (await child.status).signal !== undefined);
});

test("a dialog with a terminal: a long text goes in while its answer comes out", async () => {
  await using dialog = new Expect(spawnPty(["sh", "-c", "stty -echo; echo ready; exec cat"]));
  await dialog.expect("ready\r\n");
  const lines = size(20_000);
  await dialog.send("line of text\n".repeat(lines) + "end\n");
  assertEquals((await dialog.expect("end\r\n")).before, "line of text\r\n".repeat(lines));
});

test("200 dialogs with terminals at once, 100 rounds each, none of them mixed up", async () => {
  const talk = async (number: number) => {
    await using dialog = new Expect(spawnPty(["sh", "-c", "stty -echo; echo ready; exec cat"]));
    await dialog.expect("ready\r\n");
    for (let round = 0; round < 100; round++) {
      await dialog.sendLine(`${number}: ${round}`);
      const { before, groups } = await dialog.expect(/(\d+): (\d+)\r\n/);
      assertEquals([before, groups[1], groups[2]], ["", `${number}`, `${round}`]);
    }
    await dialog.sendEof();
    assertEquals((await dialog.expect(EOF)).before, "");
  };
  // 20,000 rounds in all, a tenth of the dialogs where there is less time.
  await Promise.all(Array.from({ length: count(20_000) / 100 }, (_, number) => talk(number)));
}, { skip: EMULATED && "each program takes seconds to start" });
