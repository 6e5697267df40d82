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

test("PatternWatch refuses what is no pattern", () => {
  for (const pattern of ["", 7, undefined]) {
    assertThrows(() => new PatternWatch([{ pattern: pattern as string }], true), TypeError, "no pattern");
  }
  assertThrows(() => new PatternWatch([{ pattern: "a", action: 1 as never }], true), TypeError, "action");
});
