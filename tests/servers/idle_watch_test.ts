import { IdleWatch } from "../../lib/servers/idle_watch.ts";
import { Pair } from "../sockets/connections.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("IdleWatch gives each connection once that is silent, not those that were taken out", async () => {
  using pair = new Pair("PF_UNIX");
  const { promise, resolve } = Promise.withResolvers<void>();
  const found: unknown[] = [];
  const watch = new IdleWatch(40, (one) => {
    found.push(one);
    resolve();
  });
  const begun = performance.now();
  watch.add(pair.client);
  watch.add(pair.server);
  watch.delete(pair.server);
  const holding = setInterval(() => {}, 1_000); // its own timer keeps no program alive
  await promise;
  clearInterval(holding);
  assert(performance.now() - begun >= 39);
  assertEquals(found, [pair.client]);
});
