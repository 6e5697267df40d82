import { CharacterClasses, isHigh, isLow } from "../../lib/terminals/regexp_classes.ts";
import { compile, CONTEXT } from "../../lib/terminals/regexp_program.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("CharacterClasses has one class for all that the pattern cannot tell apart", () => {
  const classes = new CharacterClasses(compile(/[a-f]x|\d/));
  const of = (text: string) => classes.of(text.charCodeAt(0));
  assertEquals(new Set([..."abf"].map(of)).size, 1);
  assertEquals(new Set([..."ax1-"].map(of)).size, 4);
  assertEquals([of("é"), classes.size, classes.table[0x62]], [of("-"), 5, of("a")]);
});

test("CharacterClasses tells what stands next to a place", () => {
  const classes = new CharacterClasses(compile(/^a\b/m));
  const contexts = [..."a_\n\u2028-"].map((text) => classes.context(classes.of(text.charCodeAt(0))));
  assertEquals(contexts, [CONTEXT.WORD, CONTEXT.WORD, CONTEXT.LINE_END, CONTEXT.LINE_END, 0]);
});

test("CharacterClasses keeps the first half of a pair out of its table where pairs are characters", () => {
  const classes = new CharacterClasses(compile(/[😀]/u));
  assert(classes.of(0x1f600) !== classes.of(0xd83d));
  assertEquals([classes.table[0xd83d], isHigh(0xd83d), isLow(0xd83d), isLow(0xde00)], [0, true, false, true]);
});
