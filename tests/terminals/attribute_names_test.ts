import { assertEquals, test } from "../support/mod.ts";
import { getAttributes } from "../../mod.ts";
import type { InputMode, LocalMode, SpecialCharacter } from "../../lib/terminals/attribute_names.ts";
import { barePty } from "./bare_pty.ts";

test("the names of the attributes are those that termios(3) has, and every one is told", () => {
  using pty = barePty();
  const { input, output, delays, control, local, characters } = getAttributes(pty.slave);
  const counts = [input, output, delays, control, local, characters].map((group) => Object.keys(group).length);
  assertEquals(counts, [15, 8, 6, 8, 16, 15]);
  const some: [InputMode, LocalMode, SpecialCharacter] = ["ICRNL", "ICANON", "VLNEXT"];
  assertEquals([input[some[0]], local[some[1]], characters[some[2]]], [true, true, "^V"]);
});
