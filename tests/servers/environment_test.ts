import { garbled, numericVariable, removeVariables, variable } from "../../lib/servers/environment.ts";
import { assertEquals, assertMatch, assertThrows, denoSource, test } from "../support/mod.ts";

test("variable(), numericVariable() and removeVariables() read and remove what a supervisor has said", () => {
  Deno.env.set("VASTY_TEST_NUMBER", "12");
  assertEquals([variable("VASTY_TEST_NUMBER"), numericVariable("VASTY_TEST_NUMBER")], ["12", 12]);
  removeVariables(["VASTY_TEST_NUMBER", "VASTY_TEST_NONE"]);
  assertEquals([variable("VASTY_TEST_NUMBER"), numericVariable("VASTY_TEST_NUMBER")], [undefined, undefined]);
});

test("numericVariable() refuses what is no whole number", () => {
  try {
    for (const bad of ["", "-1", "1.5", "0x1", " 1", "9999999999999999"]) {
      Deno.env.set("VASTY_TEST_NUMBER", bad);
      assertThrows(() => numericVariable("VASTY_TEST_NUMBER"), Deno.errors.InvalidData, JSON.stringify(bad));
    }
  } finally {
    Deno.env.delete("VASTY_TEST_NUMBER");
  }
  assertEquals(garbled("A", "b", "c").message, 'The variable A is "b", which is not c');
});

test("variable() asks for permission", async () => {
  const source = `import { variable } from "vasty/lib/servers/environment.ts"; variable("A");`;
  const { stderr } = await denoSource(source, { flags: ["--allow-env=B"] });
  assertMatch(stderr, /NotCapable: Requires env access to "A"/);
});
