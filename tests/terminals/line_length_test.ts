import { LineRules, type LineState, LONGEST_LINE, NO_LINE } from "../../lib/terminals/line_length.ts";
import { openPty, type Pty, spawnPty } from "../../lib/terminals/mod.ts";
import { captureSync } from "../../lib/processes/mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { bytes, Screen } from "./programs/screen.ts";

/** How a line stands after `text`, on a terminal that stty(1) has set. */
function after(pty: Pty, text: string, from: LineState = NO_LINE): LineState {
  const rules = new LineRules(pty.master.number);
  rules.refresh();
  return rules.after(bytes(text), from);
}

test("LineRules: what ends a line, and what does not", () => {
  using pty = openPty();
  const rows: [text: string, length: number, quoted?: boolean][] = [
    ["abc", 3],
    ["abc\nde", 2],
    ["abc\rd", 1],
    ["abc\x04d", 1],
    ["abc\x15d", 1],
    ["abc\x03", 0],
    ["abc\x1c", 0],
    ["abc\x1ad", 1],
    ["abc\x16\nd", 5],
    ["abc\x16", 3, true],
    ["\x16\x16a", 2],
    ["abc\x7f", 4],
  ];
  for (const [text, length, quoted = false] of rows) {
    const state = after(pty, text);
    assertEquals([state.length, state.quoted], [length, quoted], text);
  }
  assertEquals(after(pty, "\n", { length: 3, kept: 3, quoted: true }), { length: 4, kept: 4, quoted: false });
  captureSync(["stty", "-icrnl", "-isig", "-iexten", "eol", ";"], { stdin: pty.slave });
  for (const text of ["ab\rd", "ab\x03d", "ab\x16d"]) assertEquals(after(pty, text).length, 4);
  assertEquals(after(pty, "ab;d").length, 1);
});

test("LineRules: what is erased was typed, and is kept no longer", () => {
  using pty = openPty();
  captureSync(["stty", "iutf8", "ixon"], { stdin: pty.slave });
  const rows: [text: string, kept: number][] = [
    ["ab\x7f", 1],
    ["a\x7f\x7f\x7f", 0],
    ["é\x7f", 0],
    ["a\x11\x13", 1],
    ["a\x17", 1],
    ["ab\x15c", 1],
    ["a\x16\x7f", 2],
  ];
  for (const [text, kept] of rows) {
    const state = new LineRules(pty.master.number);
    state.refresh();
    assertEquals(state.after(new TextEncoder().encode(text), NO_LINE).kept, kept, JSON.stringify(text));
  }
  captureSync(["stty", "-iutf8", "igncr"], { stdin: pty.slave });
  assertEquals(after(pty, "\r").kept, 0);
});

test("write(): a byte that the terminal keeps twice counts twice", async () => {
  await using child = spawnPty(["sh", "-c", "stty -echo parmrk; echo READY; wc -c"]);
  const screen = new Screen(child);
  await screen.until("READY\r\n");
  const marked = (length: number) => new Uint8Array(length).fill(0xff);
  await assertRejects(() => child.write(marked(2_048)), RangeError, "4095 bytes of a line at most");
  await child.write(marked(2_047));
  await child.write(bytes("\n"));
  await child.sendEof();
  await screen.until("4095\r\n");
});

test("LineRules: the longest line passes, one byte more does not", () => {
  using pty = openPty();
  const line = "x".repeat(LONGEST_LINE);
  assertEquals(after(pty, `${line}\n${line}`).length, LONGEST_LINE);
  assertThrows(() => after(pty, `${line}x`), RangeError, "4095 bytes of a line at most");
});

test("LineRules: a terminal that is raw collects no lines", () => {
  using pty = openPty();
  assertEquals(new LineRules(pty.master.number).refresh(), true);
  captureSync(["stty", "raw"], { stdin: pty.slave });
  assertEquals(new LineRules(pty.master.number).refresh(), false);
});

test("write(): the kernel keeps the longest line whole, and a longer one is refused before anything is typed", async () => {
  await using child = spawnPty(["sh", "-c", "stty -echo; echo READY; exec cat"]);
  const screen = new Screen(child);
  await screen.until("READY\r\n");
  const line = "x".repeat(LONGEST_LINE);
  assertEquals(await screen.type(`${line}\n`, "\n"), `${line}\r\n`);
  const sent = child.bytesWritten;
  await assertRejects(() => child.write(bytes(`one\n${line}x\n`)), RangeError, "4095");
  await assertRejects(() => child.write(bytes(`${line}x`), { timeout: 1_000 }), RangeError, "4095");
  assertEquals(child.bytesWritten, sent);
  assertEquals(await screen.type("two\n", "\n"), "two\r\n");
});

test("write(): a line that several writes make up is counted whole", async () => {
  await using child = spawnPty(["sh", "-c", "stty -echo; echo READY; exec cat"]);
  const screen = new Screen(child);
  await screen.until("READY\r\n");
  const part = "y".repeat(1_000);
  for (let i = 0; i < 4; i++) await child.write(bytes(part));
  await assertRejects(() => child.write(bytes(part)), RangeError);
  await child.write(bytes("z".repeat(95)));
  await assertRejects(() => child.write(bytes("z")), RangeError);
  assertEquals(await screen.type("\n", "\n"), `${part.repeat(4)}${"z".repeat(95)}\r\n`);
  // ^U takes the line away again.
  for (let i = 0; i < 8; i++) await child.write(bytes(`${part}\x15`));
  assertEquals(await screen.type("end\n", "\n"), "end\r\n");
});
