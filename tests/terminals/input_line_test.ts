import { InputLine } from "../../lib/terminals/input_line.ts";
import { LONGEST_LINE } from "../../lib/terminals/line_length.ts";
import { openPty, stty } from "../../lib/terminals/mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { bytes } from "./programs/screen.ts";

const EOT = 4;

/** Type all of `text` in pieces of `size` bytes. */
function type(line: InputLine, text: string, size = text.length): void {
  const all = bytes(text);
  for (let at = 0; at < all.length; at += size) {
    const piece = all.subarray(at, at + size);
    line.check(piece);
    line.typed(piece);
  }
}

for (const size of [1, 7, 100, 255, 256, 257, 1_000, LONGEST_LINE]) {
  test(`InputLine: the longest line passes in pieces of ${size} bytes, and one byte more does not`, () => {
    using pty = openPty();
    const line = new InputLine(pty.master.number);
    for (const before of ["", "short\n", "x".repeat(300) + "\r"]) {
      type(line, before);
      type(line, "x".repeat(LONGEST_LINE), size);
      assertThrows(() => line.check(bytes("x")), RangeError, "4095 bytes");
      assertThrows(() => line.check(bytes("x\n")), RangeError, "4095 bytes");
      type(line, "\n");
    }
  });
}

test("InputLine: what was typed and not looked at counts, and what a line is the terminal says", () => {
  using pty = openPty();
  const line = new InputLine(pty.master.number);
  type(line, "x".repeat(200));
  type(line, "y\nz");
  type(line, "x".repeat(LONGEST_LINE - 1));
  assertThrows(() => line.check(bytes("x")), RangeError);
  stty(pty.slave, "-icanon");
  type(line, "x".repeat(2 * LONGEST_LINE), 500);
  stty(pty.slave, "icanon");
  type(line, "x".repeat(LONGEST_LINE - 256));
  assertEquals(line.canonical, true);
});

test("InputLine.ending() is once between lines, twice within one, and nothing where it is off", () => {
  using pty = openPty();
  const line = new InputLine(pty.master.number);
  assertEquals(line.ending(), new Uint8Array([EOT]));
  type(line, "within");
  assertEquals(line.ending(), new Uint8Array([EOT, EOT]));
  type(line, " it\n");
  assertEquals(line.ending(), new Uint8Array([EOT]));
  stty(pty.slave, "-icanon");
  type(line, "raw");
  assertEquals([line.canonical, line.ending()?.length], [false, 1]);
  stty(pty.slave, "icanon", "eof", "undef");
  assertEquals(line.ending(), undefined);
});
