import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { ClosedError } from "../../mod.ts";
import { openTerminal, type TerminalTarget } from "../../lib/terminals/terminal_target.ts";
import { opened } from "../support/opened.ts";
import { barePty } from "./bare_pty.ts";

test("openTerminal() opens a path and closes it, and nothing else", () => {
  using pty = barePty();
  const before = opened();
  for (const target of [pty.slave, pty.slave.number, { master: pty.master }, pty.path]) {
    using terminal = openTerminal(target, "read");
    assertEquals([opened() - before, terminal.opened], typeof target === "string" ? [1, true] : [0, false]);
  }
  assertEquals([opened(), pty.slave.closed], [before, false]);
});

test("openTerminal() refuses what is no terminal's", () => {
  for (const target of [null, undefined, {}, { master: 3 }, true]) {
    assertThrows(() => openTerminal(target as unknown as TerminalTarget, "read"), TypeError, "A terminal is");
  }
  for (const target of [-1, 1.5, NaN, 2 ** 31]) assertThrows(() => openTerminal(target, "read"), RangeError);
  assertThrows(() => openTerminal("a\0b", "read"), TypeError);
  const pty = barePty();
  pty[Symbol.dispose]();
  assertThrows(() => openTerminal(pty.slave, "read"), ClosedError, "The terminal was closed");
});
