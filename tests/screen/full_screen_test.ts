/** Programs that draw where it stands: vim, less and top. */
import { spawnPty } from "../../mod.ts";
import { Screen } from "../../screen/mod.ts";
import { assert, assertEquals, EMULATED, test } from "../support/mod.ts";

const skip = EMULATED && "these programs are not emulated";

test("vim: a text is typed where the cursor stands, changed, and written", async () => {
  const file = Deno.makeTempFileSync();
  const child = spawnPty(["vim", "-u", "NONE", "-i", "NONE", "-n", "--cmd", "set nocp shm=I ruler", file], {
    rows: 10,
    cols: 60,
    env: { LC_ALL: "C.UTF-8" },
  });
  await using screen = new Screen(child);
  await screen.expectScreen("~", { row: 8 });
  await screen.dialog.send("ifirst\rsecond 漢 end");
  await screen.expectScreen(({ cursor }) => cursor.row === 1 && cursor.col === 13);
  await screen.expectScreen(/^-- INSERT --/, { row: -1 });
  await screen.dialog.send("\x1bgg0");
  await screen.expectScreen(({ cursor }) => cursor.row === 0 && cursor.col === 0);
  await screen.dialog.send("cwFIRST\x1b/end\r");
  await screen.expectScreen("FIRST", { row: 0 });
  await screen.expectScreen(({ cursor }) => cursor.row === 1 && cursor.col === 10);
  assertEquals(screen.lines().slice(0, 3), ["FIRST", "second 漢 end", "~"]);
  screen.resize({ rows: 6, cols: 40 });
  await screen.expectScreen(/^ +2,12-11 +All$/, { row: 5 });
  assertEquals(screen.find("~", { row: 4 })?.col, 0);
  await screen.dialog.send(":wq\r");
  assertEquals((await child.status).code, 0);
  await screen.expectScreen(({ ended }) => ended);
  assertEquals(Deno.readTextFileSync(file), "FIRST\nsecond 漢 end\n");
  Deno.removeSync(file);
}, { needs: ["vim"], skip });

test("less: pages, what was searched is inverse, and the end", async () => {
  const child = spawnPty(["sh", "-c", "seq -f 'line %g' 100 | less -S"], {
    rows: 8,
    cols: 40,
    env: { LESS: "", LESSHISTFILE: "-" },
  });
  await using screen = new Screen(child);
  await screen.expectScreen("line 7", { row: 6 });
  await screen.expectScreen(":", { row: -1 });
  await screen.dialog.send(" ");
  await screen.expectScreen("line 14", { row: 6 });
  await screen.dialog.send("/line 77\r");
  await screen.expectScreen("line 77", { row: 0 });
  await screen.expectScreen(({ cursor }) => cursor.row === 7 && cursor.col > 0);
  assertEquals([screen.cell(0, 0).inverse, screen.cell(1, 0).inverse], [true, false]);
  await screen.dialog.send("G");
  await screen.expectScreen("(END)", { row: -1 });
  assertEquals(screen.lines()[6], "line 100");
  await screen.dialog.send("q");
  await screen.expectScreen(({ ended }) => ended);
  assertEquals((await child.status).code, 0);
}, { needs: ["less"], skip });

test("top: the head of its table is inverse, and it has the program that was asked for", async () => {
  const child = spawnPty(["top", "-d", "60", "-p", `${Deno.pid}`], { rows: 12, cols: 100, env: { HOME: "/nowhere" } });
  await using screen = new Screen(child);
  const { row } = await screen.expectScreen(/ PID +USER .* COMMAND/);
  const { col } = await screen.expectScreen(new RegExp(`\\b${Deno.pid} `), { row: row + 1 });
  assert(col < 10 && screen.cell(row, 10).inverse, screen.text());
  await screen.expectScreen(/^top - \d+:\d+:\d+ up/, { row: 0 });
  await screen.dialog.send("q");
  await screen.expectScreen(({ ended }) => ended);
  assertEquals((await child.status).code, 0);
}, { needs: ["top"], skip });
