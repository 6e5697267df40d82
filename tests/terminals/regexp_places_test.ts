import { isPlace } from "../../lib/terminals/regexp_places.ts";
import { CONTEXT, PLACES, type PLACES as Places } from "../../lib/terminals/regexp_program.ts";
import { assertEquals, test } from "../support/mod.ts";

test("isPlace() goes by what is on the two sides", () => {
  const { EDGE, LINE_END, WORD } = CONTEXT;
  const are = (place: keyof typeof Places, ...sides: [number, number][]) =>
    sides.map(([before, after]) => isPlace(PLACES[place], WORD, before, after));
  assertEquals(are("text start", [EDGE, 0], [LINE_END, 0], [0, EDGE]), [true, false, false]);
  assertEquals(are("text end", [0, EDGE], [0, LINE_END], [EDGE, 0]), [true, false, false]);
  assertEquals(are("line start", [EDGE, 0], [LINE_END, 0], [0, EDGE]), [true, true, false]);
  assertEquals(are("line end", [0, EDGE], [0, LINE_END], [EDGE, 0]), [true, true, false]);
  assertEquals(are("word", [WORD, 0], [0, WORD], [WORD, WORD], [EDGE, EDGE]), [true, true, false, false]);
  assertEquals(are("no word", [WORD, 0], [0, WORD], [WORD, WORD], [EDGE, EDGE]), [false, false, true, true]);
});
