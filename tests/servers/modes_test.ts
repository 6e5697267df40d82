import { MODES } from "../../lib/servers/modes.ts";
import { serve, type ServeMode } from "../../lib/servers/mod.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";

test("MODES has every mode that serve() takes, and serve() names them all", async () => {
  const error = await assertRejects(
    () => serve({ hostname: "127.0.0.1", port: 0 }, () => {}, { mode: "none" as ServeMode }),
    TypeError,
  );
  const named = /A mode is one of (.*), not "none"/.exec(error.message);
  assert(named !== null, error.message);
  assertEquals(Object.keys(MODES).sort(), named[1]!.split(", ").sort());
});
