import { restartable } from "../../lib/servers/mod.ts";
import { listen, Socket, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

test("restartable() is the first generation where there was none before", async () => {
  using restarter = restartable();
  assertEquals([restarter.generation, restarter.role, restarter.taking.aborted], [1, "first", true]);
  using web = await restarter.inherited("web", () => listen({ hostname: "127.0.0.1" }));
  using udp = await restarter.inherited("udp", () => socket("PF_INET", "SOCK_DGRAM"), Socket.fromFd);
  await assertRejects(() => restarter.inherited("web", () => listen()), TypeError, '"web"');
  restarter.ready();
  restarter.ready();
  assertEquals([await restarter.allowed(), restarter.taking.aborted, udp.type], [true, false, "SOCK_DGRAM"]);
  const connections = restarter.connections(web);
  const next = connections.next();
  web.close();
  assertEquals(await next, { value: undefined, done: true });
  using second = await restarter.inherited("web", () => listen({ hostname: "127.0.0.1" }));
  assert(!second.closed);
});

test("restartable() refuses times that are none", () => {
  assertThrows(() => restartable({ timeout: -1 }), RangeError);
  assertThrows(() => restartable({ drainTimeout: NaN }), RangeError);
});

test("Restarter: what `make` throws is passed on, and the name is free then", async () => {
  using restarter = restartable();
  await assertRejects(() => restarter.inherited("web", () => Promise.reject(new Error("lost"))), Error, "lost");
  using web = await restarter.inherited("web", () => listen({ hostname: "127.0.0.1" }));
  assert(!web.closed);
});

test("Restarter.restart() waits for ready(), and may be given up before", async () => {
  using restarter = restartable();
  await assertRejects(() => restarter.restart({ signal: AbortSignal.abort(new Error("enough")) }), Error, "enough");
  const stop = new AbortController();
  const given = assertRejects(() => restarter.restart({ signal: stop.signal }), Error, "late");
  stop.abort(new Error("late"));
  await given;
});
