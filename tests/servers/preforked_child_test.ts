import { PREFORKED } from "../../lib/servers/preforked_child.ts";
import { SelfChildChannel } from "../../lib/servers/self_child_channel.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { exported } from "./child_servers.ts";
import { HERE } from "./served.ts";

test("the child of a pre-forking server finishes its connection at SIGTERM or SIGINT, says so, and ends", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    using listener = await listen(HERE);
    const orders = { listeners: 1, requests: 9, server: Deno.pid, grace: 1_000, limits: {} };
    const child = new SelfChildChannel(exported("obey"), PREFORKED, orders, [listener.fd]);
    const words: unknown[] = [];
    const client = await connect({ port: (listener.addr as Deno.NetAddr).port });
    await using _client = client;
    for await (const word of child.heard()) {
      words.push(word);
      if (word === "ready") await child.tell("go");
      if (word !== "busy") continue;
      child.kill(signal);
      await client.writeLine("more");
      assertEquals(await client.readLine(), `${child.pid} more`);
      await client.closeWrite();
    }
    assertEquals([words, (await child.ended).status.code], [["ready", "busy", 1], 0]);
  }
});
