import { DOT, dotMessage, stuffed, unstuffed } from "../../lib/sockets/dot_lines.ts";
import { assertEquals, test } from "../support/mod.ts";

test("dotMessage() doubles a dot at the beginning of a line and ends with a lone one; unstuffed() takes it away", () => {
  assertEquals(dotMessage(["a", ".", "..b", "c.", ""], "\r\n"), "a\r\n..\r\n...b\r\nc.\r\n\r\n.\r\n");
  assertEquals(dotMessage([], "\n"), ".\n");
  for (const line of ["", ".", "..", ".a", "a."]) {
    assertEquals([unstuffed(stuffed(line)), stuffed(line) === DOT], [line, false]);
  }
});
