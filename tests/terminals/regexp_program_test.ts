import { compile, OP } from "../../lib/terminals/regexp_program.ts";
import { NotRegular } from "../../lib/terminals/regexp_syntax.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("compile() refuses programs that are too large, at once", () => {
  for (const pattern of [/(a{1000}){1000}/, /a{20000}/, /((((a{1,100}){1,100}){1,100}){1,100})/, /(?:a|b{99}){999}/]) {
    assertThrows(() => compile(pattern), NotRegular, "very large");
  }
  assert(compile(/a{9000}/).ops.length < 9_100);
  assertEquals(compile(/(?:){1000000000}a/).ops.length, 4);
});

test("compile() has one set for equal ones, and asks only for the contexts that are needed", () => {
  assertEquals(compile(/aab[x][x]/).sets.length, 3);
  assertEquals([/a/, /^a/, /^a/m, /\ba/, /\Ba/iu].map((pattern) => compile(pattern).contexts), [0, 1, 3, 4, 8]);
});

test("compile() checks rounds of what can be empty alone", () => {
  const rounds = (pattern: RegExp) => [...compile(pattern).ops].filter((op) => op === OP.ROUND).length;
  assertEquals([/(?:ab)*/, /(?:a*)*/, /(?:a*|b)?/, /(?:\b)*/, /(?:(?:a?)*c?)*/].map(rounds), [0, 1, 1, 1, 2]);
  assertEquals(compile(/(?:(?:a?)*c?)*(?:d*)*/).depth, 2);
});

test("compile() lets branches go on at the same instruction", () => {
  const { ops, a, b } = compile(/(?:a|b|(?:c|d))e/);
  const next = [...ops.keys()].filter((at) => ops[at] === OP.SET && a[at]! < 4).map((at) => b[at]);
  assertEquals([next.length, new Set(next).size], [4, 1]);
});
