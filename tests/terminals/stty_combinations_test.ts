import { assertEquals, test } from "../support/mod.ts";
import { combination } from "../../lib/terminals/stty_combinations.ts";

test("combination() has stty(1)'s combinations, and takes back those that can be", () => {
  const words = "cbreak cooked crt dec decctlq ek evenp lcase LCASE litout nl oddp parity pass8 raw tabs sane".split(
    " ",
  );
  assertEquals(words.filter((word) => combination(word) === undefined), []);
  assertEquals(words.filter((word) => combination(`-${word}`) === undefined), ["crt", "dec", "ek", "sane"]);
  assertEquals(combination("constructor"), undefined);
  assertEquals(combination("-nl"), ["icrnl", "-inlcr", "-igncr", "onlcr", "-ocrnl", "-onlret"]);
});
