import { restartable, type RestarterOptions } from "../../lib/servers/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("RestarterOptions may all be left out, and all be given", () => {
  const all: Required<RestarterOptions> = {
    timeout: 1,
    drainTimeout: 0,
    drain: ({ signal }) => signal.throwIfAborted(),
    tryFirst: false,
    args: ["--again"],
    env: { AGAIN: "1" },
  };
  for (const options of [undefined, {}, all]) {
    using restarter = restartable(options);
    assertEquals(restarter.role, "first");
  }
});
