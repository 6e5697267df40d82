import { controlCharacter, humanStrokes, slowStrokes } from "../../lib/terminals/typing.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("slowStrokes() cuts at characters, and pauses between", () => {
  assertEquals(slowStrokes("a😀b", { delay: 5 }), [
    { text: "a", pause: 0 },
    { text: "😀", pause: 5 },
    { text: "b", pause: 5 },
  ]);
  assertEquals(slowStrokes("abcde", { chunk: 2 }).map(({ text, pause }) => `${text} ${pause}`), [
    "ab 0",
    "cd 100",
    "e 100",
  ]);
  assertEquals(slowStrokes("", {}), []);
  for (const bad of [{ chunk: 0 }, { chunk: 1.5 }, { delay: -1 }, { delay: NaN }, { delay: 2 ** 31 }]) {
    assertThrows(() => slowStrokes("x", bad), RangeError);
  }
});

test("humanStrokes() takes longer at the ends of words, and keeps its bounds", () => {
  // 1 - 1/e: the average of the distribution.
  const strokes = humanStrokes("ab cd", { evenness: 2 }, () => 1 - Math.exp(-1));
  assertEquals(strokes.map(({ pause }) => Math.round(pause)), [0, 100, 300, 100, 100]);
  assertEquals(strokes.map(({ text }) => text).join(""), "ab cd");
  assertEquals(humanStrokes("xy", {}, () => 0)[1]!.pause, 50);
  assertEquals(humanStrokes("xy", {}, () => 1 - 2 ** -53)[1]!.pause, 2_000);
  const pauses = humanStrokes("a".repeat(2_000), { minimum: 0, maximum: 1e6 }).map(({ pause }) => pause);
  const mean = pauses.reduce((sum, pause) => sum + pause) / pauses.length;
  assert(mean > 70 && mean < 130, `${mean}`);
  for (const bad of [{ mean: -1 }, { evenness: 0 }, { minimum: 10, maximum: 9 }, { wordEnd: Infinity }]) {
    assertThrows(() => humanStrokes("x", bad), RangeError);
  }
});

test("controlCharacter() is what a person types", () => {
  const keys = ["c", "C", "^c", "[", "\\", "]", "^", "^^", "_", "@", "?"];
  assertEquals(keys.map((key) => controlCharacter(key).charCodeAt(0)), [3, 3, 3, 27, 28, 29, 30, 30, 31, 0, 127]);
  for (const bad of ["", "1", "cc", "é", "^cc", 3]) {
    assertThrows(() => controlCharacter(bad as string), TypeError);
  }
});
