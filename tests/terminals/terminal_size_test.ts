import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { changeRowsAndColumns, terminalRowsAndColumns } from "../../lib/terminals/terminal_size.ts";
import { openTerminal } from "../../lib/terminals/terminal_target.ts";
import { barePty, stty } from "./bare_pty.ts";

test("changeRowsAndColumns() changes what is given, as stty(1) sees it", () => {
  using pty = barePty();
  using terminal = openTerminal(pty.slave, "write");
  changeRowsAndColumns(terminal, { rows: 24, cols: 80 });
  changeRowsAndColumns(terminal, { cols: 65_535 });
  assertEquals(terminalRowsAndColumns(terminal), { rows: 24, cols: 65_535 });
  assertEquals(stty(pty.path, "size").stdout, "24 65535");
  using nothing = openTerminal("/dev/null", "read");
  assertThrows(() => terminalRowsAndColumns(nothing), Error, "ENOTTY");
}, { needs: ["stty"] });
