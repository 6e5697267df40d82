import { pathOf } from "../../lib/core/path.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("pathOf() gives the path of a string or of the URL of a file", () => {
  assertEquals(pathOf("./a b%20"), "./a b%20");
  assertEquals(pathOf(new URL("file:///run/a%20b/%C3%A4")), "/run/a b/ä");
});

test("pathOf() refuses what is no path", () => {
  assertThrows(() => pathOf(new URL("https://example.com/q")), TypeError, "Not the URL of a file");
  assertThrows(() => pathOf(7 as unknown as string), TypeError, "not 7");
});
