import { PreforkedChild } from "../../lib/servers/preforked.ts";
import type { ChildEnd } from "../../lib/servers/self_child_channel.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { exported } from "./child_servers.ts";
import { HERE } from "./served.ts";

test("PreforkedChild is ready, takes connections once it is told to, says so, and ends after as many as ordered", async () => {
  using listener = await listen(HERE);
  const seen: unknown[] = [];
  const ended = Promise.withResolvers<ChildEnd>();
  const orders = { listeners: 1, requests: 2, server: Deno.pid, grace: 1_000, limits: {} };
  const child = new PreforkedChild(exported("greet"), orders, [listener.fd], {
    ready: (one) => {
      seen.push("ready");
      one.go();
    },
    changed: ({ busy, served }) => seen.push(busy ? "busy" : served),
    left: () => seen.push("left"),
    threw: (_, error) => seen.push(error),
    ended: (_, end) => ended.resolve(end),
  });
  for (let i = 0; i < 2; i++) {
    await using client = await connect({ port: (listener.addr as Deno.NetAddr).port });
    assertEquals(await client.readLine(), `pid ${child.pid} 0 ${i}`);
  }
  assertEquals((await ended.promise).status.code, 0);
  assertEquals(seen, ["ready", "busy", 1, "busy", 2]);
});
