import { literalMatcher } from "../../lib/terminals/literal_matcher.ts";
import { type Matcher, named } from "../../lib/terminals/matcher.ts";
import { regexpMatcher } from "../../lib/terminals/regexp_matcher.ts";
import { TextBuffer } from "../../lib/terminals/text_buffer.ts";
import { assertEquals, test } from "../support/mod.ts";

const MATCHERS: Record<string, () => Matcher> = {
  "literalMatcher()": () => literalMatcher("ready"),
  "regexpMatcher()": () => regexpMatcher(/re[a]dy/),
  "regexpMatcher() of what looks back": () => regexpMatcher(/(?<!x)ready/),
};

for (const [name, make] of Object.entries(MATCHERS)) {
  test(`${name} finds what spans reads, again if asked again, and begins anew after reset()`, () => {
    const [matcher, buffer] = [make(), new TextBuffer()];
    for (const text of ["", "is re", "", "ad", "rea"]) {
      buffer.append(text);
      assertEquals(matcher.search(buffer), undefined);
    }
    buffer.append("dy, ready");
    const found = { start: 7, end: 12, groups: ["ready"], named: {} };
    assertEquals([matcher.search(buffer), matcher.search(buffer)], [found, found]);
    buffer.drop(12);
    matcher.reset();
    assertEquals(matcher.search(buffer), { ...found, start: 2, end: 7 });
    buffer.drop(7);
    matcher.reset();
    assertEquals(matcher.search(buffer), undefined);
  });
}

for (const [name, make] of Object.entries(MATCHERS)) {
  test(`${name} finds nothing that begins before the place where it began`, () => {
    const [matcher, buffer] = [make(), new TextBuffer()];
    buffer.append("ready, rea");
    matcher.begin(buffer, 1);
    assertEquals(matcher.search(buffer), undefined);
    buffer.append("dy");
    const found = { start: 7, end: 12, groups: ["ready"], named: {} };
    assertEquals([matcher.search(buffer), matcher.search(buffer)], [found, found]);
    matcher.begin(buffer, 8);
    assertEquals(matcher.search(buffer), undefined);
    matcher.reset();
    assertEquals(matcher.search(buffer)?.start, 0);
  });
}

test("named() takes of several groups with a name the one that took part", () => {
  const names = new Map([["x", [1, 2]], ["__proto__", [3]], ["none", [4]]]);
  const found = named(names, ["ab", undefined, "a", "b", undefined]);
  assertEquals(Object.entries(found), [["x", "a"], ["__proto__", "b"], ["none", undefined]]);
});
