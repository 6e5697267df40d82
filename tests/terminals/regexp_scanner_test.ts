import { Automaton } from "../../lib/terminals/regexp_automaton.ts";
import { CharacterClasses } from "../../lib/terminals/regexp_classes.ts";
import { compile } from "../../lib/terminals/regexp_program.ts";
import { Scanner } from "../../lib/terminals/regexp_scanner.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

function scannerOf(pattern: RegExp): Scanner {
  const program = compile(pattern);
  const classes = new CharacterClasses(program);
  return new Scanner(new Automaton(program, classes), classes, program.unicode);
}

test("Scanner knows before which place no match begins", () => {
  const scanner = scannerOf(/abc/);
  // It is not told which beginning died: while one lives, the place where the first of them was stays.
  const pieces: [piece: string, floor: number][] = [["xx", 2], ["xa", 3], ["b", 3], ["a", 3], ["ab", 3], ["-", 9]];
  for (const [piece, floor] of pieces) assertEquals([scanner.read(piece), scanner.floor], [false, floor]);
});

test("Scanner stays where a match is complete, and begins anew after reset()", () => {
  const scanner = scannerOf(/ab\b/);
  assertEquals([scanner.read("-ab-"), scanner.position, scanner.floor], [true, 3, 1]);
  assertEquals([scanner.read("-"), scanner.position], [true, 3]);
  scanner.reset();
  assertEquals([scanner.read("ab"), scanner.endsHere(), scanner.position, scanner.floor], [false, true, 2, 0]);
  assertEquals([scanner.read("b"), scanner.endsHere()], [false, false]);
});

test("Scanner takes half a pair at the end for a character, until the other half comes", () => {
  const scanner = scannerOf(/\ud83d$/u);
  assertEquals([scanner.read("a\ud83d"), scanner.endsHere(), scanner.position], [false, true, 2]);
  assertEquals([scanner.read("\ude00"), scanner.endsHere(), scanner.position], [false, false, 3]);
  assertEquals([scanner.read("\ud83d"), scanner.read("a\ud83d"), scanner.endsHere()], [false, false, true]);
});

test("Scanner looks at a character once", () => {
  const scanner = scannerOf(/(a|b)*c$/);
  for (let piece = 0; piece < 100; piece++) {
    assertEquals([scanner.read("ab".repeat(50)), scanner.endsHere()], [false, false]);
  }
  assert(scanner.work === 10_000, `${scanner.work} characters`);
});
