import { clientText } from "../../lib/servers/client.ts";
import { checkedName, type SocketAddress } from "../../lib/sockets/mod.ts";
import { SocketFolder } from "../sockets/loopback.ts";
import { assert, assertEquals, test } from "../support/mod.ts";
import { HERE, Served } from "./served.ts";

test("Client knows its number, both addresses, and its name as checkedName() finds it", async () => {
  const seen: unknown[] = [];
  await using served = await Served.at(HERE, async (_, client) => {
    seen.push(client.id, client.address, client.local, await client.name({ timeout: 10_000 }), client.stopping.aborted);
  });
  for (const id of [1, 2]) {
    using one = await served.client();
    assertEquals(await one.readLine(), null);
    assertEquals(seen.splice(0), [
      id,
      one.localAddr,
      served.server.addresses[0],
      await checkedName("127.0.0.1"),
      false,
    ]);
  }
});

test("Client of a Unix socket has a path for its name", async () => {
  using folder = new SocketFolder();
  const seen: unknown[] = [];
  await using served = await Served.at({ path: folder.next() }, async (_, client) => {
    seen.push(client.address, await client.name());
  });
  using one = await served.client();
  assertEquals(await one.readLine(), null);
  assertEquals(seen, [{ transport: "unix", path: "" }, { name: "", checked: false }]);
});

test("clientText() names a client in one word or two", () => {
  const client = (address: SocketAddress) => ({ id: 7, address }) as Parameters<typeof clientText>[0];
  assertEquals(clientText(client({ path: "" })), "client 7");
  assertEquals(clientText(client({ hostname: "::1", port: 9 })), "client 7 ([::1]:9)");
  assert(clientText(client({ hostname: "127.0.0.1", port: 9 })).endsWith("(127.0.0.1:9)"));
});
