import { assertEquals, test } from "../support/mod.ts";
import { changeMode, modeInForce, noteMode, terminalKey } from "../../lib/terminals/terminal_change.ts";
import { readMode } from "../../lib/terminals/terminal_mode.ts";
import { openTerminal } from "../../lib/terminals/terminal_target.ts";
import { barePty } from "./bare_pty.ts";

test("terminalKey() is the same for every descriptor of a terminal, and for its master", () => {
  using one = barePty();
  using other = barePty();
  const key = (target: Parameters<typeof openTerminal>[0]) => {
    using terminal = openTerminal(target, "read");
    return terminalKey(terminal);
  };
  assertEquals([key(one.master), key(one.path)], [key(one.slave), key(one.slave)]);
  assertEquals(key(one.slave) === key(other.slave), false);
});

test("changeMode() notes what is in force of a terminal that is watched", () => {
  using pty = barePty();
  using terminal = openTerminal(pty.slave, "write");
  const key = terminalKey(terminal);
  const mode = readMode(terminal);
  changeMode(terminal, mode, "now");
  assertEquals(modeInForce(key), undefined);
  noteMode(key, mode);
  mode.setCharacter("VMIN", 9);
  changeMode(terminal, mode, "now");
  assertEquals(modeInForce(key)?.character("VMIN"), 9);
  noteMode(key, undefined);
  assertEquals(modeInForce(key), undefined);
});
