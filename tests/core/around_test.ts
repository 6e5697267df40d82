import { wrapExports } from "../../lib/core/around.ts";
import { assertEquals, test } from "../support/mod.ts";

const SELF = Symbol.for("vasty.self");
type Global = Record<symbol, { wrappers?: Record<string, unknown> } | undefined>;

test("wrapExports() does nothing but in the child of an openSelf, where the first copy of the library wins", () => {
  const all = globalThis as unknown as Global;
  const [first, second] = [() => 1, () => 2];
  wrapExports("twice", first);
  assertEquals(all[SELF], undefined);
  all[SELF] = {};
  try {
    wrapExports("twice", first);
    wrapExports("twice", second);
    assertEquals(all[SELF].wrappers, { twice: first });
  } finally {
    delete all[SELF];
  }
});
