import { WindowMatcher } from "../../lib/terminals/regexp_window.ts";
import { TextBuffer } from "../../lib/terminals/text_buffer.ts";
import { assert, assertEquals, assertThrows, test, within } from "../support/mod.ts";

function found(pattern: RegExp, pieces: string[], window?: number): [number, ...(string | undefined)[]] | undefined {
  const [matcher, buffer] = [new WindowMatcher(pattern, { window }), new TextBuffer()];
  let last;
  for (const piece of pieces) {
    buffer.append(piece);
    last = matcher.search(buffer);
  }
  return last && [last.start, ...last.groups];
}

test("WindowMatcher does what an automaton cannot", () => {
  assertEquals(found(/(\w)\1/, ["ab", "c", "cd"]), [2, "cc", "c"]);
  assertEquals(found(/(?<=\$)\d+(?!\d)/g, ["12 $", "3", "4"]), [4, "34"]);
  const named = new WindowMatcher(/(?<q>["'])x\k<q>/);
  const buffer = new TextBuffer();
  buffer.append(`"x'x'`);
  assertEquals(Object.entries(named.search(buffer)!.named), [["q", "'"]]);
});

test("WindowMatcher looks back as far as its window, which is no beginning of the text", () => {
  const filling = "-".repeat(10);
  assertEquals(found(/(a)-+\1/, ["a" + filling, "a"], 11), [0, "a" + filling + "a", "a"]);
  assertEquals(found(/(a)-+\1/, ["a" + filling, "a"], 10), undefined);
  assertEquals(found(/(?:^|x)(-)\1{3}$/, [filling, filling, "-"], 3), undefined);
  assertEquals(found(/(?<!-)(-)\1\1$/, [filling, filling], 3), undefined);
});

test("WindowMatcher that looks back takes no place within the text for its beginning", () => {
  const long = "x".repeat(100);
  for (
    const [pattern, text] of [
      [/(?<=^x*)y/, "z" + long],
      [/(?<!^x*)y/, "z" + long],
      [/(?<=^x*)y/m, "z" + long],
      [/(?<=^[^^x]*\^?x{0,5})y/m, `z${long}\nxx`],
      [/(?<=^[[^^]&&[^z]]*\^?)y/v, `z${long}`],
      [/(?<![^x]|^|[\]^])y/, long],
      [/(?<=(?m:^)x*)y/, `z${long}\nxx`],
    ] as const
  ) {
    const wanted = pattern.exec(text + "y");
    assertEquals(found(pattern, [text, "y"], 10), wanted ? [wanted.index, ...wanted] : undefined, `${pattern}`);
  }
  assertEquals(found(/(?<=^x*)y/, ["xx", "y"], 10), [2, "y"]);
});

test("WindowMatcher gives up a search at its limit, and says which", () => {
  const [matcher, buffer] = [new WindowMatcher(/^(a+)+\1$/, { limit: 100 }), new TextBuffer()];
  buffer.append("a".repeat(40) + "b");
  const begun = performance.now();
  assertThrows(() => matcher.search(buffer), RangeError, "/^(a+)+\\1$/ took more than 100 ms");
  const took = performance.now() - begun;
  assert(took < within(1_000), `${took} ms`);
  buffer.drop(40);
  matcher.reset();
  assertEquals(matcher.search(buffer), undefined);
});
