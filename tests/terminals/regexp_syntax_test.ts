import { NotRegular, parse } from "../../lib/terminals/regexp_syntax.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("parse() counts groups and knows their names, escaped ones and those that are there twice", () => {
  const { groups, names } = parse(new RegExp("(a)(?:b)(?<x>\\(c[(])|(?<x>d)(?<\\u0079>e)(?i:(f))"));
  assertEquals([groups, [...names]], [6, [["x", [2, 3]], ["y", [4]]]]);
});

test("parse() reads how often", () => {
  const times = (source: string) => {
    const { tree } = parse(new RegExp(source));
    return tree.type === "repeat" && [tree.least, tree.most, tree.greedy, tree.firstGroup, tree.endGroup];
  };
  assertEquals(times("(a)*"), [0, Infinity, true, 1, 2]);
  assertEquals(times("a+?"), [1, Infinity, false, 1, 1]);
  assertEquals(times("a?"), [0, 1, true, 1, 1]);
  assertEquals(times("a{2}?"), [2, 2, false, 1, 1]);
  assertEquals(times("a{2,}"), [2, Infinity, true, 1, 1]);
  assertEquals(times("a{2,4}"), [2, 4, true, 1, 1]);
});

test("parse() refuses what is not regular, and reads what only looks so", () => {
  const refused = [/(a)\1/, /\1(a)/, /(\.?(b))\2/, /(?<n>a)\k<n>/, /a(?=b)/, /a(?!b)/, /(?<=a)b/, /(?<!a)b/, /[a--b]/v];
  for (const pattern of refused) assertThrows(() => parse(pattern), NotRegular);
  for (const source of ["\\1", "\\k<n>", "[(]\\1", "\\(\\1", "(?:a)\\2", "(a)\\10"]) parse(new RegExp(source));
  assertThrows(() => parse(new RegExp("(".repeat(300) + ")".repeat(300))), NotRegular, "deeply nested");
});
