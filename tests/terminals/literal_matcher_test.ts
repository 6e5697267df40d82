import { literalMatcher } from "../../lib/terminals/literal_matcher.ts";
import { TextBuffer } from "../../lib/terminals/text_buffer.ts";
import { assert, assertEquals, size, test } from "../support/mod.ts";
import { Chance } from "./regexp_cases.ts";

test("literalMatcher() finds what indexOf finds, in pieces of any size", () => {
  const chance = new Chance(11);
  const word = (most: number) => Array.from({ length: chance.below(most) }, () => chance.of("ab")).join("");
  for (let round = 0; round < size(4_000); round++) {
    const [text, buffer] = [word(7), new TextBuffer()];
    const matcher = literalMatcher(text);
    for (let piece = 0; piece < 8; piece++) {
      buffer.append(word(5));
      const start = buffer.slice().indexOf(text);
      const found = matcher.search(buffer);
      assertEquals(found && [found.start, found.end], start < 0 ? undefined : [start, start + text.length]);
    }
  }
});

test("literalMatcher() looks at no character twice, even where the text comes in part again and again", () => {
  for (const length of [1, 3, 4_095]) {
    const [matcher, buffer] = [literalMatcher("a".repeat(1_000) + "b"), new TextBuffer()];
    const total = size(200_000);
    for (let come = 0; come < total; come += length) {
      buffer.append("a".repeat(length));
      assertEquals(matcher.search(buffer), undefined);
    }
    assert(matcher.work <= 2 * buffer.length, `${matcher.work} steps in pieces of ${length}`);
    buffer.append("b");
    assertEquals(matcher.search(buffer)?.start, buffer.length - 1_001);
  }
});
