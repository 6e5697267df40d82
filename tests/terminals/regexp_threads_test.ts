import { CharacterClasses } from "../../lib/terminals/regexp_classes.ts";
import { compile } from "../../lib/terminals/regexp_program.ts";
import { Threads } from "../../lib/terminals/regexp_threads.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

function exec(pattern: RegExp, text: string): (string | undefined)[] | undefined {
  const program = compile(pattern);
  const slots = new Threads(program, new CharacterClasses(program)).exec(text, 0);
  return slots &&
    Array.from(
      { length: program.groups },
      (_, n) => slots[2 * n]! < 0 ? undefined : text.slice(slots[2 * n], slots[2 * n + 1]),
    );
}

/** Where the order of the ways decides, or rounds do. */
const CASES: [RegExp, string][] = [
  [/a|ab/, "ab"],
  [/(a|ab)(c|bcd)(d*)/, "abcd"],
  [/a*?b?/, "aab"],
  [/(a*)*/, "b"],
  [/(a*)+/, "b"],
  [/(?:a?b??)*/, "ab"],
  [/(z)((a+)?(b+)?(c))*/, "zaacbbbcac"],
  [/(?:(a)|b)*/, "ab"],
  [/(?:(a)|(b)){2}/, "ab"],
  [/(a?)??(b|ab)/, "ab"],
  [/((a?)*)*c/, "aac"],
  [/(?:(?:a|())*b|())*/, "aab"],
  [/()*a|(?:()?b){2,3}/, "bbb"],
  [/^(?:x$)?|\b./m, "-\nxy"],
];

for (const [pattern, text] of CASES) {
  test(`Threads finds what exec finds: ${pattern}`, () => {
    const found = pattern.exec(text);
    assertEquals(exec(pattern, text), found ? [...found] : undefined);
  });
}

test("Threads reads modes of groups", () => {
  assertEquals(exec(/a(?i:b)c/, "abC aBc"), ["aBc"]);
  assertEquals(exec(/a(?-i:b)c/i, "aBC AbC"), ["AbC"]);
  assertEquals(exec(/(?s:.).(?m:^)b/, "a\n\nb aa\nb"), undefined);
  assertEquals(exec(/(?m:^)b(?m-s:.)/s, "a\nb\nb1"), ["b1"]);
});

test("Threads takes a number of steps in proportion to the text", () => {
  const steps = (length: number) => {
    const program = compile(/^(?:(a*)*(a|aa)+)*(a*)*b?$/);
    const threads = new Threads(program, new CharacterClasses(program));
    assert(threads.exec("a".repeat(length), 0));
    return threads.work;
  };
  const [once, twice] = [steps(2_000), steps(4_000)];
  assert(twice < 2.01 * once, `${once} steps, ${twice} for twice the text`);
});
