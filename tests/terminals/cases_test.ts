import { prepared, shown } from "../../lib/terminals/cases.ts";
import { type Case, CONTINUE, EOF, FULL_BUFFER, glob, type Patterns, TIMEOUT } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("prepared() takes a pattern, a case, or a list of both", () => {
  const short = (patterns: Patterns) =>
    prepared(patterns, "after").map(({ pattern, transfer, index, list, action }) =>
      `${shown(pattern)} ${transfer} ${index} ${list} ${action !== undefined}`
    );
  assertEquals(short("a"), ['"a" true 0 after false']);
  assertEquals(short({ pattern: /b/, transfer: false }), ["/b/ false 0 after false"]);
  assertEquals(short([EOF, { pattern: TIMEOUT, action: () => 1 }, FULL_BUFFER, glob("c*")]), [
    "EOF true 0 after false",
    "TIMEOUT true 1 after true",
    "FULL_BUFFER true 2 after false",
    'glob("c*") true 3 after false',
  ]);
  assertEquals(short([]), []);
});

test("prepared() refuses what is no pattern", () => {
  assertThrows(() => prepared([/b/y]), TypeError, "/b/y must not have flag y");
  const action = "no function" as unknown as Case["action"];
  const bad: unknown[] = ["", 1, null, undefined, CONTINUE, {}, { pattern: "" }, { pattern: "a", action }, {
    pattern: "a",
    transfer: 1,
  }];
  for (const patterns of bad) {
    assertThrows(() => prepared(patterns as Patterns), TypeError);
    assertThrows(() => prepared(["a", patterns] as Patterns), TypeError);
  }
  assertThrows(() => prepared({ patern: "a" } as unknown as Patterns), TypeError, '{ patern: "a" } is no pattern');
});
