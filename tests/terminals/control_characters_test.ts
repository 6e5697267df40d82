import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { caret, characterCode } from "../../lib/terminals/control_characters.ts";

test("characterCode() takes every code as caret() writes it", () => {
  for (let code = 1; code < 256; code++) assertEquals(characterCode(caret(code), "intr"), code);
});

test("characterCode() takes what stty(1) takes", () => {
  const forms: [string, number][] = [["^c", 3], ["^C", 3], ["^?", 127], ["^-", 0], ["undef", 0], ["", 0], ["a", 97]];
  const numbers: [string, number][] = [["0x7f", 127], ["0177", 127], ["127", 127], ["1", 49], ["10", 10], ["00", 0]];
  for (const [text, code] of [...forms, ...numbers]) assertEquals([text, characterCode(text, "intr")], [text, code]);
  for (const text of ["ab", "^ab", "08", "-1", "1e2", "0x"]) assertThrows(() => characterCode(text, "intr"), TypeError);
  for (const text of ["256", "0x100", "\u0100"]) assertThrows(() => characterCode(text, "intr"), RangeError);
});
