import { checkPrefork, type PreforkEvent, PreforkPool } from "../../lib/servers/prefork_pool.ts";
import { listen } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { exported } from "./child_servers.ts";
import { HERE } from "./served.ts";

const limits = { limits: {}, grace: 1_000 };

test("PreforkPool replaces a child that was killed by one that waits, and ends all of them", async () => {
  using listener = await listen(HERE);
  const events: PreforkEvent[] = [];
  const replaced = Promise.withResolvers<void>();
  const pool = new PreforkPool({ ...exported("greet"), ...limits, children: 1, warm: 1 }, [listener.fd], (event) => {
    events.push(event);
    if (events.length === 3) replaced.resolve();
  });
  await pool.ready;
  const [first] = pool.children;
  first!.kill("SIGKILL");
  await replaced.promise;
  const [second] = pool.children;
  await Promise.all([pool.stop(5_000), pool.stop(0)]);
  const told = events.map((event) => [event.type, "pid" in event ? event.pid : 0]);
  const [one, two] = [first!.pid, second!.pid];
  assertEquals(told, [["started", one], ["ended", one], ["started", two], ["ended", two]]);
});

test("PreforkPool.ready rejects where children cannot be started, and nothing is left then", async () => {
  using listener = await listen(HERE);
  const pool = new PreforkPool({ module: "no url", export: "any", ...limits }, [listener.fd], () => {});
  await assertRejects(() => pool.ready, TypeError);
  await pool.stop(0);
  assertEquals(pool.children, []);
});

test("checkPrefork() refuses numbers that make no sense", () => {
  for (const settings of [{ requestsPerChild: 0 }, { warm: -1 }, { warm: 0.5 }, { children: -1 }]) {
    assertThrows(() => checkPrefork(settings), RangeError);
  }
});
