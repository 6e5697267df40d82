import { escapedSet, literalSet } from "../../lib/terminals/regexp_atoms.ts";
import { assertEquals, test } from "../support/mod.ts";

const PLAIN = { ignoreCase: false, multiline: false, dotAll: false, unicode: false };

test("literalSet() has a character, and with i its other cases as JavaScript has them", () => {
  const members = (text: string, modes: Partial<typeof PLAIN>) => {
    const set = literalSet(text.codePointAt(0)!, { ...PLAIN, ...modes });
    return [..."kK\u212asS\u017f\u{10400}\u{10428}*"].filter((other) => set.has(other.codePointAt(0)!)).join("");
  };
  assertEquals(members("k", {}), "k");
  assertEquals(members("k", { ignoreCase: true }), "kK");
  assertEquals(members("k", { ignoreCase: true, unicode: true }), "kK\u212a");
  assertEquals(members("\u{10400}", { ignoreCase: true, unicode: true }), "\u{10400}\u{10428}");
  assertEquals(members("*", { ignoreCase: true }), "*");
});

test("escapedSet() has what its text says", () => {
  const members = (source: string, modes: Partial<typeof PLAIN>) =>
    [..."aZ0_ \n\u2028é"].filter((text) => escapedSet(source, { ...PLAIN, ...modes }).has(text.codePointAt(0)!)).join(
      "",
    );
  assertEquals(members(".", {}), "aZ0_ é");
  assertEquals(members(".", { dotAll: true }), "aZ0_ \n\u2028é");
  assertEquals(members("[^\\w]", {}), " \n\u2028é");
  assertEquals(members("[A-C]", { ignoreCase: true }), "a");
  assertEquals(members("\\p{Ll}", { unicode: true }), "aé");
});
