import { connect } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, test, within } from "../support/mod.ts";
import { echoes, HERE, portOf, Served } from "./served.ts";

test("serve() has a client that is silent in mid-line delay nobody", async () => {
  await using served = await Served.at(HERE);
  using silent = await served.client();
  await silent.print("half a li");
  using other = await served.client();
  assert(await echoes(other, within(1_000)));
  await silent.writeLine("ne");
  assertEquals(await silent.readLine({ timeout: 5_000 }), "half a line");
});

test("serve() logs what a handler throws, at once or later, and closes its client alone", async () => {
  await using served = await Served.at(HERE, (connection, { id }) => {
    if (id === 1) throw new TypeError("at once");
    return connection.readLine().then(async (line) => {
      if (id === 2) throw new Error("later");
      await connection.writeLine(line!);
    });
  });
  using one = await served.client();
  assertEquals(await one.readLine(), null);
  using two = await served.client();
  using three = await served.client();
  await two.writeLine("x");
  assertEquals(await two.readLine(), null);
  assert(await echoes(three));
  const failed = served.events.filter(({ kind }) => kind === "failed");
  assertEquals(failed.map(({ error }) => (error as Error).message), ["at once", "later"]);
  assertEquals(failed[0]!.message, `client 1 (127.0.0.1:${(one.localAddr as Deno.NetAddr).port}): TypeError: at once`);
});

test("serve() takes a client that resets its connection for no fault of the handler", async () => {
  await using served = await Served.at(HERE);
  {
    using client = await served.client();
    assert(await echoes(client));
    client.reset();
  }
  const { error } = await served.told("lost");
  assertEquals((error as { code: string }).code, "ECONNRESET");
});

test("serve() with maxConnections leaves the others in the kernel's queue until there is room", async () => {
  await using served = await Served.at([HERE, HERE], undefined, { maxConnections: 2 });
  const { server } = served;
  const [one, two] = [await served.client(0), await served.client(1)];
  assert(await echoes(one) && await echoes(two));
  using three = await served.client(0);
  await three.writeLine("hello");
  assert(await echoes(one) && await echoes(two));
  assertEquals([server.connections, three.bytesRead], [2, 0]);
  one.close();
  assertEquals(await three.readLine({ timeout: within(1_000) }), "hello");
  two.close();
});

test("serve() in the mode single handles one after the other, over all addresses", async () => {
  const order: string[] = [];
  const udp = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
  await using served = await Served.at([HERE, HERE, udp], {
    stream: async (connection, { id }) => {
      order.push(`${id} begins`);
      await connection.readLine();
      order.push(`${id} ends`);
    },
    datagram: (_, { id }) => void order.push(`${id} came`),
  }, { mode: "single" });
  using one = await served.client(0);
  await served.told("connect");
  using two = await served.client(1);
  await two.writeLine("x");
  assertEquals(order, ["1 begins"]);
  await one.writeLine("x");
  assertEquals(await two.readLine({ timeout: 5_000 }), null);
  assertEquals(order, ["1 begins", "1 ends", "2 begins", "2 ends"]);
});

test("serve() with idleTimeout ends clients that are silent, not those that send", async () => {
  await using served = await Served.at(HERE, undefined, { idleTimeout: 150 });
  using silent = await served.client();
  using busy = await served.client();
  const end = silent.readLine({ timeout: within(2_000) });
  const begun = performance.now();
  let open = true;
  end.then(() => open = false);
  while (open) {
    assert(await echoes(busy));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(await end, null);
  assert(performance.now() - begun >= 145);
  assertEquals(served.kinds, ["connect", "connect", "idle"]);
});

test("serve() with maxLineLength limits the lines of each handler", async () => {
  await using served = await Served.at(HERE, undefined, { maxLineLength: 10 });
  using client = await served.client();
  await client.writeLine("x".repeat(11));
  assert((await served.told("failed")).error instanceof RangeError);
});

test("serve() sends all that a handler has written before it closes the connection", async () => {
  await using served = await Served.at(HERE, async (connection) => {
    connection.autoflush = false;
    for (let i = 0; i < 50_000; i++) await connection.writeLine(`${i}`);
  });
  using client = await served.client();
  let count = 0;
  for await (const line of client.readLines()) assertEquals(line, `${count++}`);
  assertEquals(count, 50_000);
});

test("serve() denies by address, and without waiting", async () => {
  await using served = await Served.at({ port: 0 }, undefined, { allow: ["127.0.0.0/8"], deny: ["127.0.0.9"] });
  using friend = await connect({ port: portOf(served.server) });
  assert(await echoes(friend));
  using stranger = await connect({ port: portOf(served.server), localAddress: "127.0.0.9" } as never);
  assertEquals(await stranger.readLine({ timeout: 5_000 }).catch(() => null), null);
  assertEquals(served.kinds, ["connect", "denied"]);
});
