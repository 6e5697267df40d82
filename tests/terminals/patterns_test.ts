import { CONTINUE, CONTINUE_TIMER, EOF, FULL_BUFFER, TIMEOUT } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("the patterns that are no text are the same in every copy of the library", () => {
  const found = { EOF, TIMEOUT, FULL_BUFFER, CONTINUE, CONTINUE_TIMER };
  for (const [name, symbol] of Object.entries(found)) assertEquals(symbol, Symbol.for(`vasty.${name}`));
});
