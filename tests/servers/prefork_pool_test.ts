import { checkPrefork, type PreforkEvent, PreforkPool } from "../../lib/servers/prefork_pool.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { Deadly, exported } from "./child_servers.ts";
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

test("PreforkPool.ready rejects where children are killed while they load", async () => {
  using deadly = new Deadly();
  deadly.begin();
  using listener = await listen(HERE);
  const pool = new PreforkPool({ ...deadly.child, ...limits, children: 1 }, [listener.fd], () => {});
  await assertRejects(() => pool.ready, Error, "A child ended before it was ready: killed by SIGKILL");
  await pool.stop(0);
});

test("PreforkPool starts the next child later after one that was killed while it loaded, and tells why", async () => {
  using deadly = new Deadly();
  using listener = await listen(HERE);
  const failed: string[] = [];
  const options = { ...deadly.child, ...limits, children: 1, warm: 0 };
  const pool = new PreforkPool(options, [listener.fd], (event) => {
    if (event.type === "failed") failed.push((event.error as Error).message);
  });
  await pool.ready;
  deadly.begin();
  const begun = performance.now();
  pool.children[0]!.kill("SIGKILL");
  await deadly.deaths(3);
  // 100 ms after the first, and 200 after the second.
  assert(performance.now() - begun >= 299, `three have died in ${performance.now() - begun} ms`);
  assertEquals(failed.slice(0, 2), Array(2).fill("A child ended before it was ready: killed by SIGKILL"));
  await pool.stop(0);
});

test("PreforkPool tells of a child that ends with its first connection as one that was ready", async () => {
  using deadly = new Deadly();
  using listener = await listen(HERE);
  const failed = Promise.withResolvers<string>();
  const pool = new PreforkPool({ ...deadly.child, ...limits, children: 1 }, [listener.fd], (event) => {
    if (event.type === "failed") failed.resolve((event.error as Error).message);
  });
  await pool.ready;
  using _client = await connect({ port: (listener.addr as Deno.NetAddr).port });
  assertEquals(await failed.promise, "A child ended before it was done with a connection: exit 3");
  await pool.stop(0);
});

test("checkPrefork() refuses numbers that make no sense", () => {
  for (const settings of [{ requestsPerChild: 0 }, { warm: -1 }, { warm: 0.5 }, { children: -1 }]) {
    assertThrows(() => checkPrefork(settings), RangeError);
  }
});
