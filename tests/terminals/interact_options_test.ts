import { checkedInteraction } from "../../lib/terminals/interact_options.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("InteractOptions: what is left out", () => {
  const { input, output, escape, raw, resize, inputEnd } = checkedInteraction({}, true);
  assertEquals([input, output, escape, raw, resize, inputEnd], [0, 1, "\x1d", true, true, "end"]);
  assertEquals(checkedInteraction({}, false).raw, false);
  assertEquals(checkedInteraction({ escape: null }, false).escape, null);
  for (const escape of ["", "ab", "\x80", 7]) {
    assertThrows(() => checkedInteraction({ escape: escape as string }, true), TypeError, "escape");
  }
});
