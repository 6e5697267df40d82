import { Automaton, COMPLETE } from "../../lib/terminals/regexp_automaton.ts";
import { CharacterClasses } from "../../lib/terminals/regexp_classes.ts";
import { compile } from "../../lib/terminals/regexp_program.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

function automatonOf(pattern: RegExp): Automaton {
  const program = compile(pattern);
  return new Automaton(program, new CharacterClasses(program));
}

function read(automaton: Automaton, text: string): number {
  let number = automaton.number(automaton.start());
  for (let at = 0; at < text.length && number >= 0; at++) number = automaton.after(number, text.charCodeAt(at));
  return number;
}

test("Automaton tells when a match is complete, and when the end of the text would complete it", () => {
  const automaton = automatonOf(/ab$|ac\b/);
  assertEquals(["a", "ab", "abb", "ac", "acc"].map((text) => automaton.endsHere(read(automaton, text))), [
    false,
    true,
    false,
    true,
    false,
  ]);
  assertEquals(read(automaton, "ac-"), COMPLETE);
  assert(read(automaton, "acc-") >= 0);
});

test("Automaton is idle where nothing has begun", () => {
  const automaton = automatonOf(/abc/);
  assertEquals(["", "x", "a", "ab", "abx", "aba"].map((text) => read(automaton, text) < automaton.idle), [
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
});

test("Automaton follows no instruction twice for the same state and class", () => {
  const automaton = automatonOf(/(x+x+)+y/);
  read(automaton, "x".repeat(100));
  const { work } = automaton;
  read(automaton, "x".repeat(10_000));
  assertEquals(automaton.work, work);
});

test("Automaton throws its states away when they are too many, and goes on", () => {
  const automaton = automatonOf(/a[ab]{14}c/);
  let text = "";
  for (let state = 1; text.length < 40_000; state = (state * 75 + 74) % 65_537) text += state % 2 ? "a" : "b";
  assert(read(automaton, text) >= 0);
  assert(automaton.table.length <= 1 << 21, `${automaton.table.length} places`);
  assertEquals(automaton.endsHere(read(automaton, text + "a" + "b".repeat(14) + "c")), true);
});
