import { partsOf } from "../../lib/terminals/dialog_parts.ts";
import { Expect } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("partsOf() has the parts of a dialog, and of nothing else", () => {
  const dialog = new Expect({ readable: ReadableStream.from([]) }, { timeout: 5 });
  assertEquals(partsOf(dialog).options.timeout, 5);
  assertThrows(() => partsOf({}), TypeError, "no Expect");
});
