import { Dispositions, type HandlerEntry } from "../../lib/signals/disposition.ts";
import { assertEquals, sample, test } from "../support/mod.ts";
import { says } from "./subject.ts";

function entry(): HandlerEntry {
  return { handler: () => {}, flags: new Set(), mask: new Set(), once: false };
}

test("Dispositions begins with what was inherited", () => {
  const dispositions = new Dispositions();
  assertEquals([dispositions.word, dispositions.handlers], ["inherited", []]);
});

test("Dispositions has the innermost scope in force, whichever scope ends first", () => {
  for (const firstEndsFirst of [true, false]) {
    const dispositions = new Dispositions();
    dispositions.top.slot = "IGNORE";
    const [one, two] = [entry(), entry()];
    const outer = dispositions.push(one);
    const inner = dispositions.push(two);
    assertEquals(dispositions.handlers, [two]);
    dispositions.remove(firstEndsFirst ? outer : inner);
    assertEquals(dispositions.handlers, [firstEndsFirst ? two : one]);
    dispositions.remove(firstEndsFirst ? inner : outer);
    dispositions.remove(inner);
    assertEquals([dispositions.handlers, dispositions.word], [[], "IGNORE"]);
  }
});

test("Dispositions.drop() takes a handler away wherever it is, and knows it", () => {
  const dispositions = new Dispositions();
  const [below, above] = [entry(), entry()];
  dispositions.top.added.push(below);
  const frame = dispositions.push(above);
  for (const one of [below, above]) dispositions.drop(one);
  assertEquals([dispositions.handlers, dispositions.word], [[], "DEFAULT"]);
  assertEquals([below, above, entry()].map((one) => dispositions.isDropped(one)), [true, true, false]);
  dispositions.remove(frame);
  assertEquals([dispositions.handlers, dispositions.word], [[], "inherited"]);
});

test("sigaction(): a word that is taken back before a handler that was added since leaves nothing behind", async () => {
  await says(
    `
    SIG.USR2 = () => say("assigned");
    const words = ["IGNORE", "DEFAULT"].map((word) => [sigaction("USR2", word), sigaction("USR2", () => say(word))]);
    for (const [word] of words) word.remove();
    raise("USR2");
    for (const [_, added] of words) added.remove();
    raise("USR2");`,
    ["assigned", "IGNORE", "DEFAULT", "assigned"],
  );
}, { skip: sample(false) });
