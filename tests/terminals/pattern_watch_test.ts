import { PatternWatch } from "../../lib/terminals/pattern_watch.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

/** What passes of each piece, and what was found in it. */
function passing(watch: PatternWatch, ...pieces: string[]): string[] {
  return pieces.map((piece) => {
    let passed = "";
    for (let left = piece; left !== "";) {
      const { text, used, hit } = watch.step(left);
      passed += hit === undefined ? text : `${text}<${hit.match.index}:${hit.match.match}>`;
      left = left.slice(used);
    }
    return passed;
  });
}

test("PatternWatch holds back keys that may be text, and lets them go when they are not", () => {
  const watch = new PatternWatch([{ pattern: "~." }, { pattern: "abab!" }, { pattern: "~~x", pass: true }], true);
  assertEquals(passing(watch, "a", "x", "~", ".", "~", "~.", "aba", "bab", "!", "~~x~~", "y"), [
    "",
    "ax",
    "",
    "<0:~.>",
    "",
    "~<0:~.>",
    "",
    "ab",
    "<1:abab!>",
    "~~x<2:~~x>",
    "~~y",
  ]);
  passing(watch, "~");
  assertEquals([watch.release(), watch.release()], ["~", ""]);
});

test("PatternWatch looks on with regular expressions, over pieces", () => {
  const watch = new PatternWatch([{ pattern: /lo+g(?<n>\d)/ }, { pattern: "in" }], false);
  assertEquals(passing(watch, "a lo", "og", "7 in", "i", "n", "log1log2"), [
    "a lo",
    "og",
    "7<0:loog7> in<1:in>",
    "i",
    "n<1:in>",
    "log1<0:log1>log2<0:log2>",
  ]);
  assertEquals(watch.step("log5").hit?.match.named.n, "5");
});

test("PatternWatch takes the match that ends first, then the first of the list", () => {
  const watch = new PatternWatch([{ pattern: "bc" }, { pattern: /abc/ }, { pattern: "ab" }], true);
  assertEquals(passing(watch, "xabc"), ["x<2:ab>c"]);
  assertEquals(passing(new PatternWatch([{ pattern: /abc/ }, { pattern: "bc" }], true), "xabcd"), ["xabc<0:abc>d"]);
});

test("PatternWatch finds what becomes a match by what follows it, however it is split", () => {
  for (
    const [pattern, pieces, found] of [
      [/foo(?=bar)/, ["foo", "bar"], ["foo", "<0:foo>bar"]],
      [/foo\B/, ["f", "oo", "bar"], ["f", "oo", "<0:foo>bar"]],
      [/(?=b)/, ["a", "bab"], ["a", "<0:>ba<0:>b"]],
      [/ab?(?=c)/y, ["ab", "abc", "ac"], ["ab", "ab<0:ab>c", "a<0:a>c"]],
      [/(.)\1/, ["ab", "b", "bb"], ["ab", "b<0:bb>", "bb<0:bb>"]],
    ] as const
  ) {
    assertEquals(passing(new PatternWatch([{ pattern }], false), ...pieces), [...found], `${pattern}`);
  }
});

test("PatternWatch finds what matchAll would in all that passes", () => {
  for (const pattern of [/^a/, /^a/m, /\ba/, /\Ba/, /(?<!a)a/, /(?<=^a*)a/, /a$/, /x*/u, /(?<=-)/, /\b/u]) {
    const text = "aaa\n-a b\u{1f600}aa\na";
    const wanted = [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))];
    // One that is empty where another one ended says nothing new.
    const told = wanted.filter(({ 0: { length }, index }, at) => {
      const last = at === 0 ? 0 : wanted[at - 1]!.index + wanted[at - 1]![0].length;
      return index + length > last;
    });
    let expected = "";
    let from = 0;
    for (const { 0: match, index } of told) {
      expected += `${text.slice(from, index + match.length)}<0:${match}>`;
      from = index + match.length;
    }
    assertEquals(passing(new PatternWatch([{ pattern }], false), text), [expected + text.slice(from)], `${pattern}`);
  }
});

test("PatternWatch takes no place for the beginning because it has dropped what comes before", () => {
  const patterns = [/^x+\$/, /\b(?:x{1,9})\$/, /(?<!x{5000})\$/, /(?<=^x*)\$/];
  for (const piece of [1_000, 5_000, 70_000]) {
    const watch = new PatternWatch(patterns.map((pattern) => ({ pattern })), false);
    for (let passed = 0; passed < 100_000; passed += piece) {
      assertEquals(watch.step((passed === 0 ? "z" : "x") + "x".repeat(piece - 1)).hit, undefined);
    }
    assertEquals(passing(watch, "$", "$", "-xx$"), ["$", "$<2:$>", "-xx$<1:xx$>"], `pieces of ${piece}`);
  }
});

test("PatternWatch keeps what is held when a match ends before it", () => {
  const watch = new PatternWatch([{ pattern: "bcd" }, { pattern: /a(?=bc)/ }], true);
  assertEquals(passing(watch, "ab", "c", "d"), ["a", "<1:a>", "<0:bcd>"]);
  assertEquals(passing(watch, "ab", "cx"), ["a", "<1:a>bcx"]);
});

test("PatternWatch takes time in proportion to the text, or gives up", () => {
  const watch = new PatternWatch([{ pattern: /(x+x+)+y/ }], false);
  for (let passed = 0; passed < 200; passed++) assertEquals(watch.step("x".repeat(10)).hit, undefined);
  const trying = new PatternWatch([{ pattern: /(x+x+)+(?=y)/ }], false);
  assertThrows(() => trying.step("x".repeat(50)), RangeError, "took more than 1000 ms");
});

test("PatternWatch refuses what is no pattern", () => {
  for (const pattern of ["", 7, undefined]) {
    assertThrows(() => new PatternWatch([{ pattern: pattern as string }], true), TypeError, "no pattern");
  }
  assertThrows(() => new PatternWatch([{ pattern: "a", action: 1 as never }], true), TypeError, "action");
});
