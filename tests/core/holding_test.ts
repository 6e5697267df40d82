import { Holding } from "../../lib/core/holding.ts";
import { assertEquals, test } from "../support/mod.ts";

test("Holding tells waits that are under way, and those that begin later", () => {
  const holding = new Holding();
  const told: string[] = [];
  const first = holding.watch((on) => told.push(`first ${on}`));
  holding.hold(false);
  assertEquals([holding.on, ...told], [false, "first false"]);
  {
    using _second = holding.watch((on) => told.push(`second ${on}`));
    first[Symbol.dispose]();
    holding.hold(true);
  }
  holding.hold(false);
  assertEquals(told, ["first false", "second false", "second true"]);
});
