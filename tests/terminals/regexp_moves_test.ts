import { CharacterClasses } from "../../lib/terminals/regexp_classes.ts";
import { Moves } from "../../lib/terminals/regexp_moves.ts";
import { compile } from "../../lib/terminals/regexp_program.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

function machine(pattern: RegExp): { moves: Moves; of: (text: string) => number } {
  const program = compile(pattern);
  const classes = new CharacterClasses(program);
  return { moves: new Moves(program, classes), of: (text) => classes.of(text.charCodeAt(0)) };
}

test("Moves works out what becomes of the ways over a character, in their order", () => {
  const { moves, of } = machine(/(a)|ab*/);
  const first = moves.make(moves.start(0), of("a"));
  assertEquals(first.origins, [{ way: -1, here: [0, 2], none: [] }, { way: -1, here: [0], none: [] }]);
  const second = moves.make(first.next, of("b"));
  assertEquals([second.match, second.next.at, second.next.begins], [{ way: 0, here: [1, 3], none: [] }, [], false]);
});

test("Moves knows where nothing has to be done, and meets the same ways again", () => {
  const { moves, of } = machine(/(a[^b]*)b/);
  const begun = moves.make(moves.start(0), of("a")).next;
  const on = moves.make(begun, of("-")).next;
  const move = moves.make(on, of("-"));
  // The text begins anew with each a, but the first way to come to an instruction is the one that counts.
  assertEquals([move.still, move.next === on, moves.make(on, of("b")).still], [true, true, false]);
  assert(on.moves[of("-")] === move);
});

test("Moves forgets what it knows when that is too much, and goes on", () => {
  const { moves, of } = machine(/^(?:a|b)*?a[ab]{13}c/);
  let [ways, seed, highest] = [moves.start(0), 1, 0];
  for (let step = 0; step < 20_000; step++) {
    seed = (seed * 75 + 74) % 65_537;
    const character = of(seed % 2 ? "a" : "b");
    ways = (ways.moves[character] ?? moves.make(ways, character)).next;
    highest = Math.max(highest, ways.at.length);
  }
  assert(highest > 8 && highest < 40, `${highest} ways`);
  assert(ways.begins);
});
