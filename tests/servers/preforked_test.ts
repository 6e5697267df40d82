import { PreforkedChild } from "../../lib/servers/preforked.ts";
import type { ChildEnd } from "../../lib/servers/self_child_channel.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { exported } from "./child_servers.ts";
import { HERE } from "./served.ts";

test("PreforkedChild is ready, says when it has connections and when none follows, and ends after as many as ordered", async () => {
  using listener = await listen(HERE);
  const { port } = listener.addr as Deno.NetAddr;
  const seen: unknown[] = [];
  const idle = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<ChildEnd>();
  // Two wait for it.
  const clients = [await connect({ port }), await connect({ port })];
  const orders = { listeners: 1, requests: 3, server: Deno.pid, grace: 1_000, limits: {} };
  const child = new PreforkedChild(exported("greet"), orders, [listener.fd], {
    ready: (one) => {
      seen.push("ready");
      one.go();
    },
    changed: ({ busy, served }) => {
      seen.push(busy ? "busy" : served);
      if (!busy) idle.resolve();
    },
    left: () => seen.push("left"),
    threw: (_, error) => seen.push(error),
    ended: (_, end) => ended.resolve(end),
  });
  await idle.promise;
  clients.push(await connect({ port }));
  for (const [i, client] of clients.entries()) {
    await using one = client;
    assertEquals(await one.readLine(), `pid ${child.pid} 0 ${i}`);
  }
  assertEquals((await ended.promise).status.code, 0);
  assertEquals(seen, ["ready", "busy", 2, "busy", 3]);
});
