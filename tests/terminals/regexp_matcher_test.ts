import { type RegexpMatcher, regexpMatcher } from "../../lib/terminals/regexp_matcher.ts";
import { WindowMatcher } from "../../lib/terminals/regexp_window.ts";
import { TextBuffer } from "../../lib/terminals/text_buffer.ts";
import { assert, assertEquals, assertThrows, count, size, test } from "../support/mod.ts";
import { Chance, execInTime, midPair, randomPattern, randomPieces } from "./regexp_cases.ts";

/** Compare with the engine on every beginning of a text that has come, up to the first match. */
function compare(pattern: RegExp, pieces: string[]): void {
  const [matcher, buffer] = [regexpMatcher(pattern), new TextBuffer()];
  if (matcher instanceof WindowMatcher) return;
  for (const piece of pieces) {
    buffer.append(piece);
    const text = buffer.slice();
    const wanted = execInTime(pattern, text);
    if (wanted === undefined) return;
    // The engine finds an empty match within a pair, where no search of a pattern with flag u may be.
    if (wanted && pattern.unicode && (midPair(text, wanted.index) || midPair(text, wanted.index + wanted[0].length))) {
      return;
    }
    const found = matcher.search(buffer);
    const what = `${pattern} in ${JSON.stringify(pieces)}`;
    assertEquals(found && [found.start, ...found.groups], wanted ? [wanted.index, ...wanted] : undefined, what);
    if (!wanted || !found) continue;
    assertEquals(Object.entries(found.named), Object.entries(wanted.groups ?? {}), what);
    assertEquals(found.end, wanted.index + wanted[0].length, what);
    return;
  }
}

test("regexpMatcher() finds what exec finds in what has come, for random patterns and texts", () => {
  const chance = new Chance(2_463_534_242);
  for (let patterns = count(40_000); patterns > 0; patterns--) {
    const pattern = randomPattern(chance);
    for (let texts = count(20); texts > 0; texts--) compare(pattern, randomPieces(chance));
  }
});

test("regexpMatcher() finds from a place on what exec finds there", () => {
  const chance = new Chance(362_436_069);
  for (let patterns = count(20_000); patterns > 0; patterns--) {
    const pattern = randomPattern(chance);
    const [matcher, buffer, text] = [regexpMatcher(pattern), new TextBuffer(), randomPieces(chance).join("")];
    const place = chance.below(text.length + 1);
    const global = new RegExp(pattern, `${pattern.flags}g`);
    global.lastIndex = place;
    const wanted = execInTime(global, text);
    if (matcher instanceof WindowMatcher || wanted === undefined || midPair(text, place)) continue;
    if (wanted && pattern.unicode && midPair(text, global.lastIndex)) continue;
    buffer.append(text);
    // What it has found before is nothing to it.
    matcher.search(buffer);
    matcher.begin(buffer, place);
    const found = matcher.search(buffer);
    const what = `${pattern} in ${JSON.stringify(text)} from ${place}`;
    assertEquals(found && [found.start, ...found.groups], wanted ? [wanted.index, ...wanted] : undefined, what);
  }
});

/** The steps that a search takes for a text in pieces, which has no match. */
function steps(pattern: RegExp, length: number, piece: number): number {
  const [matcher, buffer] = [regexpMatcher(pattern) as RegexpMatcher, new TextBuffer()];
  const before = matcher.work;
  for (let come = 0; come < length; come += piece) {
    buffer.append((pattern.source.includes("x") ? "x" : "a").repeat(piece));
    assertEquals(matcher.search(buffer), undefined);
  }
  return matcher.work - before;
}

for (
  const pattern of [/(x+x+)+y/, /(a+a+)+b/, /a*a*a*a*b/, /(a|aa)+$b/, /(?:a?){40}a{40}c/, /^(([a-z])+.)+[A-Z]([a-z])+$/]
) {
  test(`regexpMatcher() looks at each character once: ${pattern}`, () => {
    const length = size(100_000);
    for (const piece of [1, 1_000]) {
      const taken = steps(pattern, length, piece);
      assert(taken < length + 50_000, `${taken} steps in pieces of ${piece}`);
    }
  });
}

test("regexpMatcher() finds a match that goes through many reads, in steps in proportion to the text", () => {
  const search = (length: number) => {
    const [matcher, buffer] = [regexpMatcher(/<(\w+)[^>]*(>)/) as RegexpMatcher, new TextBuffer()];
    const before = matcher.work;
    for (const piece of ["- <na", "me ", ...Array<string>(length).fill("=")]) {
      buffer.append(piece);
      assertEquals(matcher.search(buffer), undefined);
    }
    buffer.append(">-");
    const found = matcher.search(buffer)!;
    assertEquals([found.start, found.end, found.groups.slice(1)], [2, buffer.length - 1, ["name", ">"]]);
    return matcher.work - before;
  };
  search(10);
  const [once, twice] = [search(2_000), search(4_000)];
  assert(twice < 2.1 * once, `${once} steps, ${twice} for twice the text`);
});

test("regexpMatcher() takes the end of what has come for the end of the text, and goes on all the same", () => {
  const [matcher, buffer] = [regexpMatcher(/(a+)+$|b\b./), new TextBuffer()];
  buffer.append("a".repeat(100_000));
  assertEquals(matcher.search(buffer)?.end, 100_000);
  buffer.append("-b");
  assertEquals(matcher.search(buffer), undefined);
  buffer.append("c-");
  assertEquals(matcher.search(buffer), undefined);
  buffer.append("b-");
  assertEquals(matcher.search(buffer)?.groups, ["b-", undefined]);
});

test("regexpMatcher() heeds no lastIndex, and leaves it alone", () => {
  const [pattern, buffer] = [/b/g, new TextBuffer()];
  pattern.lastIndex = 7;
  buffer.append("abb");
  assertEquals([regexpMatcher(pattern).search(buffer)?.start, pattern.lastIndex], [1, 7]);
});

test("regexpMatcher() leaves to the engine what no automaton can do", () => {
  for (const pattern of [/(a)\1/, /a(?=b)/, /(?<!a)b/, /[a--b]/v, /(a{1000}){1000}/]) {
    assert(regexpMatcher(pattern) instanceof WindowMatcher, `${pattern}`);
  }
});

test("regexpMatcher() refuses flag y, and windows and limits that are none", () => {
  assertThrows(() => regexpMatcher(/a/y), TypeError, "/a/y must not have flag y");
  for (const window of [-1, 0.5, NaN]) {
    assertThrows(() => regexpMatcher(/a/, { window }), RangeError, `A window of ${window}`);
  }
  for (const limit of [0, -1, NaN]) {
    assertThrows(() => regexpMatcher(/a/, { limit }), RangeError, `A limit of ${limit}`);
  }
});
