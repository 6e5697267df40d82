import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { readSettings, savedText } from "../../lib/terminals/stty_settings.ts";
import { TerminalMode } from "../../lib/terminals/terminal_mode.ts";

test("readSettings() reads words in any grouping, and knows when and how large", () => {
  const { rows, cols, when, changes } = readSettings(["rows 3 columns", "4", "drain", "intr", " ", "-echo  echo"]);
  assertEquals([rows, cols, when, changes.length], [3, 4, "drain", 3]);
  assertEquals(readSettings([]).changes, []);
  assertThrows(() => readSettings([1 as unknown as string]), TypeError, "word of stty(1)");
});

test("readSettings(): an input speed of 0 is that of the output", () => {
  assertEquals(readSettings(["ispeed 0"]).changes.length, 0);
  assertEquals(readSettings(["ispeed 9600"]).changes.length, 1);
});

test("savedText() is read back whole, and nothing else is", () => {
  const mode = new TerminalMode();
  mode.setWord("control", 0x80000cbf);
  mode.setCharacter("VINTR", 255);
  const again = new TerminalMode();
  for (const change of readSettings([savedText(mode)]).changes) change(again);
  assertEquals(savedText(again), savedText(mode));
  const text = savedText(mode);
  for (const wrong of [`${text}:0`, text.replace("ff", "100"), text.replace(/^0/, "100000000"), "1:2"]) {
    assertThrows(() => readSettings([wrong]), TypeError, "no setting");
  }
});
