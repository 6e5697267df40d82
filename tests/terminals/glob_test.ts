import { glob } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

/** What a glob finds in a text, or nothing. As Tcl's expect says it. */
const FOUND: [pattern: string, text: string, found: string | undefined][] = [
  ["ok", "it is ok now", "ok"],
  ["a*c", "xabcbcx\nc", "abcbcx\nc"],
  ["a?c", "abc a\nc", "abc"],
  ["?", "😀x", "😀"],
  ["[a-c]x", "dx bx", "bx"],
  ["[^a]", "^", "^"],
  ["[\\]\\-]", "x-]", "-"],
  ["[a-]", "-", "-"],
  ["^ab", "xab", undefined],
  ["^ab", "abx", "ab"],
  ["ab$", "abx", undefined],
  ["ab$", "xab", "ab"],
  ["a^b$c", "a^b$c", "a^b$c"],
  ["\\*\\?\\[", "*?[", "*?["],
  ["a\\$", "a$x", "a$"],
  ["(.+){2}|/", "(.+){2}|/", "(.+){2}|/"],
  ["login: *", "login: \r\n", "login: \r\n"],
];

for (const [pattern, text, found] of FOUND) {
  test(`glob(${JSON.stringify(pattern)}) in ${JSON.stringify(text)}`, () => {
    assertEquals(glob(pattern).regexp.exec(text)?.[0], found);
  });
}

test("glob() refuses what is no pattern", () => {
  for (const bad of ["", "a[b", "[b-a]", 1]) assertThrows(() => glob(bad as string), TypeError);
  assertEquals(`${glob("a\n*")}`, 'glob("a\\n*")');
});
