import { ClosedError, Expect, openPty, spawnPty } from "../../mod.ts";
import { Screen } from "../../screen/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, size, test } from "../support/mod.ts";

/** What a program that has written `text` shows, while it waits for a line. */
function showing(text: string, options: { rows?: number; cols?: number } = {}): Screen {
  const { rows = 5, cols = 20 } = options;
  return new Screen(spawnPty(["sh", "-c", 'stty -echo; printf %s "$1"; read line', "sh", text], { rows, cols }));
}

test("Screen shows what stands where, not what came when", async () => {
  await using screen = showing("first\r\nsecond\x1b[1;1HFIR\x1b[3;5H\x1b[Kend");
  assertEquals(await screen.expectScreen("end"), { row: 2, col: 4, match: "end", groups: ["end"] });
  assertEquals(screen.lines(), ["FIRst", "second", "    end", "", ""]);
  assertEquals(screen.text(), "FIRst\nsecond\n    end");
  assertEquals([screen.cursor, screen.size], [{ row: 2, col: 7, visible: true }, { rows: 5, cols: 20 }]);
});

test("Screen.find() counts columns as they are shown, with wide and combined characters", async () => {
  await using screen = showing("漢字 e\u0301x\r\n  two\r\nlines 漢");
  await screen.expectScreen(/lines/);
  assertEquals(screen.find("x"), { row: 0, col: 6, match: "x", groups: ["x"] });
  assertEquals(screen.find(/(t)wo\n(\w+)/g), {
    row: 1,
    col: 2,
    match: "two\nlines",
    groups: ["two\nlines", "t", "lines"],
  });
  assertEquals([screen.find("lines", { row: 1 }), screen.find("lines", { row: -3 })?.row], [undefined, 2]);
  const widths = [0, 1, 2, 5].map((col) => screen.cell(0, col)).map(({ text, width }) => [text, width]);
  assertEquals(widths, [["漢", 2], ["", 0], ["字", 2], ["e\u0301", 1]]);
});

test("Screen.cell() has colours and faces", async () => {
  await using screen = showing("\x1b[1;31;44mb\x1b[0;3;4;38;5;200mi\x1b[0;7;9;38;2;1;2;255mr\x1b[0;2;5;8;53mh\x1b[m.");
  await screen.expectScreen(".");
  const [bold, italic, inverse, hidden, plain] = [0, 1, 2, 3, 4].map((col) => screen.cell(0, col));
  assertEquals([bold!.bold, bold!.foreground, bold!.background], [true, 1, 4]);
  assertEquals([italic!.italic, italic!.underline, italic!.foreground, italic!.bold], [true, true, 200, false]);
  assertEquals([inverse!.inverse, inverse!.strikethrough, inverse!.foreground], [true, true, "#0102ff"]);
  assertEquals([hidden!.dim, hidden!.blink, hidden!.hidden, hidden!.overline], [true, true, true, true]);
  assertEquals([plain!.foreground, plain!.background, screen.cell(-1, 19).text], ["default", "default", " "]);
});

test("Screen: the cursor is hidden and shown, the title is set, the other buffer is left again", async () => {
  await using screen = new Screen(spawnPty([
    "sh",
    "-c",
    `stty -echo
    printf 'under\\033[?1049h\\033[H\\033[?25lover\\033]0;the title\\007'; read line
    printf '\\033[?1049l\\033[?12;25h'; read line`,
  ]));
  await screen.expectScreen("over");
  await screen.expectScreen(({ title }) => title === "the title");
  assertEquals([screen.text(), screen.cursor.visible], ["over", false]);
  await screen.dialog.sendLine();
  await screen.expectScreen("under");
  await screen.expectScreen(({ cursor }) => cursor.visible);
  assertEquals(screen.text(), "under");
});

test("Screen answers what a program asks its terminal", async () => {
  const questions = ["\\033[6n R", "\\033[c c", "\\033[18t t", "\\033]11;?\\007 \\\\"];
  await using screen = new Screen(
    spawnPty([
      "bash",
      "-c",
      `stty -echo; printf 'abc'; for q in "$@"; do
      printf "\${q% *}"; read -rs -d "\${q#* }" a; printf '\\r\\n%q' "$a"; done; read`,
      "bash",
      ...questions,
    ]),
  );
  await screen.expectScreen(/\n.*\n.*\n.*1010/);
  const [, where, kind, size, colour] = screen.lines();
  assertEquals([where, size, colour], ["$'\\E[1;4'", "$'\\E[8;24;80'", "$'\\E]11;rgb:1010/1010/1010\\E'"]);
  assert(kind!.startsWith("$'\\E[?1;2"), kind);
});

test("Screen.resize() changes the terminal too, and the program is told", async () => {
  const program = "stty -echo; trap 'stty size' WINCH; stty size; while ! read line; do :; done";
  await using screen = new Screen(spawnPty(["sh", "-c", program]), { rows: 6, cols: 30 });
  await screen.expectScreen("6 30");
  screen.resize({ rows: 4, cols: 33 });
  await screen.expectScreen("4 33");
  assertEquals([screen.size, screen.lines().length], [{ rows: 4, cols: 33 }, 4]);
});

test("Screen takes a dialog over, with what has waited", async () => {
  const dialog = new Expect(spawnPty(["sh", "-c", "stty -echo; echo login:; read name; printf 'hello %s' $name"]));
  await dialog.expect("login:");
  await using screen = new Screen(dialog, { rows: 3, cols: 10 });
  await screen.dialog.sendLine("me");
  await screen.expectScreen("hello me", { row: 1 });
  await screen.expectScreen(({ ended }) => ended);
});

test("expectScreen() says at a time limit and at the end what is shown instead", async () => {
  await using screen = new Screen(spawnPty(["sh", "-c", "echo something else; read line"]));
  await screen.expectScreen("else");
  const late = await assertRejects(() => screen.expectScreen("wanted", { timeout: 20, row: 0 }), DOMException);
  assertEquals(late.name, "TimeoutError");
  assertEquals(
    late.message,
    'Timed out after 20 ms: waited for "wanted" in row 0 of the screen, which shows\nsomething else',
  );
  const waiting = screen.expectScreen(/wanted/);
  await screen.dialog.sendLine();
  const error = await assertRejects(() => waiting, Deno.errors.UnexpectedEof);
  assert(
    error.message.startsWith("The other side has ended: waited for /wanted/ on the screen, which shows\nsomething"),
  );
  // What is shown stays.
  await screen.expectScreen("something");
});

test("expectScreen() is given up by a signal, and by closing", async () => {
  const screen = showing("text");
  const abort = new AbortController();
  const waiting = assertRejects(() => screen.expectScreen("never", { signal: abort.signal }), Error, "enough");
  abort.abort(new Error("enough"));
  await waiting;
  const closed = assertRejects(() => screen.expectScreen(() => false), ClosedError);
  await screen[Symbol.asyncDispose]();
  await screen[Symbol.asyncDispose]();
  await closed;
  await assertRejects(() => screen.expectScreen("text"), ClosedError);
});

test("Screen refuses what makes no sense", async () => {
  using pty = openPty();
  assertThrows(() => new Screen(pty, { rows: 0 }), RangeError, "rows must be an integer from 1 to 65535: 0");
  assertThrows(() => new Screen(pty, { cols: 1 }), RangeError, "cols must be an integer from 2 to 65535: 1");
  await using screen = new Screen(pty);
  assertThrows(() => screen.cell(24, 0), RangeError, "rows from -24 to 23, not 24");
  assertThrows(() => screen.cell(0, 80), RangeError, "columns from 0 to 79, not 80");
  assertThrows(() => screen.find(""), TypeError, "not empty");
  await assertRejects(() => screen.expectScreen("x", { row: -25 }), RangeError);
  await assertRejects(() => screen.expectScreen("x", { timeout: -1 }), RangeError);
  await assertRejects(
    () =>
      screen.expectScreen(() => {
        throw new Error("thrown");
      }),
    Error,
    "thrown",
  );
});

test("Screen: a program that was killed has ended; a flood is drawn to its end, and stopped by ^C", async () => {
  const child = spawnPty(["sh", "-c", "printf here; exec cat"]);
  await using killed = new Screen(child);
  await killed.expectScreen("here");
  child.kill("KILL");
  await assertRejects(() => killed.expectScreen("more"), Deno.errors.UnexpectedEof);
  const last = size(200_000);
  await using flood = new Screen(spawnPty(["seq", "1", `${last}`]));
  await flood.expectScreen(({ ended }) => ended);
  assertEquals(flood.lines().slice(-3), [`${last - 1}`, `${last}`, ""]);
  const endless = spawnPty(["yes"]);
  await using stopped = new Screen(endless);
  await stopped.expectScreen("y", { row: -2 });
  await stopped.dialog.sendControl("c");
  assertEquals((await endless.status).signal, "SIGINT");
});
