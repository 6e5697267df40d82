import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { checkChangeTime, readMode, TerminalMode, writeMode } from "../../lib/terminals/terminal_mode.ts";
import { openTerminal } from "../../lib/terminals/terminal_target.ts";
import { barePty } from "./bare_pty.ts";

test("TerminalMode keeps what it does not name, and copies", () => {
  const mode = new TerminalMode();
  mode.setWord("input", 0xffffffff);
  mode.put("input", 0x80000001, 1);
  assertEquals([mode.word("input"), mode.has("input", 1), mode.has("input", 0x80000000)], [0x7fffffff, true, false]);
  const copy = mode.copy();
  copy.line = 9;
  copy.setCharacter("VMIN", 7);
  assertEquals([mode.line, copy.line, mode.character("VMIN"), copy.character("VMIN")], [0, 9, 0, 7]);
});

test("readMode() and writeMode() leave the terminal as it was, at any time", () => {
  using pty = barePty();
  using terminal = openTerminal(pty.slave, "write");
  const before = readMode(terminal);
  for (const when of ["now", "drain", "flush"] as const) writeMode(terminal, before, when);
  assertEquals(new Uint8Array(readMode(terminal).view.buffer), new Uint8Array(before.view.buffer));
  assertThrows(() => checkChangeTime("toString" as "now"), TypeError);
});
