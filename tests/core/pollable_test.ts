import { POLLABLE, stateOf } from "../../lib/core/pollable.ts";
import { assertEquals, test } from "../support/mod.ts";

test("stateOf() asks what shows itself, and nothing else", () => {
  const state = { fd: 3, ready: true };
  assertEquals(stateOf({ [POLLABLE]: () => state }), state);
  assertEquals(stateOf({}), undefined);
});

test("POLLABLE is the same in every copy of the library", () => {
  assertEquals(POLLABLE, Symbol.for("vasty.pollable"));
});
