import { connect, listenDatagram, socket } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { serve } from "../../lib/servers/mod.ts";
import { assert, assertEquals, assertRejects, denoSource, sample, test, within } from "../support/mod.ts";
import { SocketFolder } from "../sockets/loopback.ts";
import { exported } from "./child_servers.ts";
import { echo, echoes, HERE, portOf, received, Served } from "./served.ts";

test("Server.stop() accepts nothing any more, and lets work finish", async () => {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using served = await Served.at(HERE, async (connection) => {
    await connection.readLine();
    asked.resolve();
    await go.promise;
    await connection.writeLine("done");
  });
  const { server } = served;
  using client = await served.client();
  await client.writeLine("work");
  await asked.promise;
  const stopped = server.stop();
  await assertRejects(() => connect({ port: portOf(server) }), SyscallError, "ECONNREFUSED");
  assertEquals(server.connections, 1);
  go.resolve();
  assertEquals(await client.readLine({ timeout: 5_000 }), "done");
  await stopped;
  assertEquals([server.connections, served.kinds], [0, ["connect", "end"]]);
});

test("Server.stop() serves who is in the queue already, as far as there is time", async () => {
  using folder = new SocketFolder();
  for (const address of [HERE, { path: folder.next() }]) {
    const go = Promise.withResolvers<void>();
    await using served = await Served.at(address, async (connection) => {
      await go.promise;
      await connection.writeLine("served");
    }, { mode: "single" });
    await using clients = new AsyncDisposableStack();
    const all = [];
    for (let i = 0; i < 20; i++) all.push(clients.use(await served.client()));
    const stopped = served.server.stop();
    await assertRejects(() => served.client(), SyscallError);
    go.resolve();
    for (const client of all) assertEquals(await client.readLine({ timeout: within(5_000) }), "served");
    await stopped;
  }
  await using slow = await Served.at(HERE, () => new Promise(() => {}), { mode: "single" });
  await using one = await slow.client();
  await using two = await slow.client();
  await slow.server.stop({ timeout: 50 });
  for (const client of [one, two]) assertEquals(await client.readLine({ timeout: within(5_000) }), null);
});

test("Server.stop() has closed its listener before it serves who is in the queue: who comes then is not reset", async () => {
  const codes: unknown[] = [];
  const attempt = (port: number) => {
    using client = socket("PF_INET", "SOCK_STREAM");
    try {
      client.connectSync({ hostname: "127.0.0.1", port }, { timeout: within(1_000) });
      return "connected";
    } catch (error) {
      return (error as SyscallError).code;
    }
  };
  const server = await serve(HERE, () => void codes.push(attempt(portOf(server))));
  using client = socket("PF_INET", "SOCK_STREAM");
  client.connectSync({ hostname: "127.0.0.1", port: portOf(server) });
  await server.stop();
  assertEquals(codes, ["ECONNREFUSED"]);
});

test("Server.stop() ends what is left at its time limit, and tells handlers of the beginning", async () => {
  let told = false;
  await using served = await Served.at(HERE, async (connection, { stopping }) => {
    stopping.addEventListener("abort", () => told = true);
    await connection.readLine();
  });
  using client = await served.client();
  await served.told("connect");
  const begun = performance.now();
  await served.server.stop({ timeout: 50 });
  assert(told && performance.now() - begun < within(1_000));
  assertEquals(await client.readLine({ timeout: 5_000 }), null);
  assertEquals(served.kinds, ["connect"]);
});

test("Server.stop() for the second time ends all at once, whatever its handlers wait for", async () => {
  await using served = await Served.at(HERE, () => new Promise(() => {}));
  using client = await served.client();
  await served.told("connect");
  const first = served.server.stop({ timeout: Infinity });
  await served.server.stop();
  await first;
  assertEquals(await client.readLine({ timeout: 5_000 }), null);
  await assertRejects(() => served.server.stop({ timeout: -1 }), RangeError);
});

test("Server finishes the datagrams under way before it closes their socket", async () => {
  const go = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  const server = await serve({ transport: "udp", hostname: "127.0.0.1", port: 0 }, {
    datagram: async (datagram) => {
      came.resolve();
      await go.promise;
      await datagram.reply(datagram.bytes);
    },
  });
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  await client.send(Uint8Array.of(7), server.addresses[0]!);
  await came.promise;
  const stopped = server.stop();
  go.resolve();
  assertEquals((await client.receive(undefined, { timeout: 5_000 }))[0], Uint8Array.of(7));
  await stopped;
});

test("Server finishes the datagrams that it has received before it closes their sockets, also those that wait for room", async () => {
  for (const timeout of [20_000, 0]) {
    const sockets = [0, 1].map(() => listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 }));
    const go = Promise.withResolvers<void>();
    let begun = 0;
    const server = await serve(sockets, {
      datagram: async (datagram) => {
        begun++;
        await go.promise;
        if (timeout > 0) await datagram.reply(datagram.bytes);
      },
    }, { mode: "single" });
    using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    for (const { addr } of sockets) await client.send(Uint8Array.of(7), addr);
    await received(...sockets);
    assertEquals([begun, server.connections], [1, 1]);
    const stopped = server.stop({ timeout });
    if (timeout === 0) await stopped;
    go.resolve();
    for (let i = 0; i < (timeout > 0 ? 2 : 0); i++) await client.receive(undefined, { timeout: within(5_000) });
    await stopped;
    // What was not begun when all was ended is not begun after that.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals([begun, server.connections], [timeout > 0 ? 2 : 1, 0]);
  }
});

test("Server keeps the program alive until it has stopped, or unref()", async () => {
  const source = `
    import { serve } from "vasty/mod.ts";
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, () => {});
    console.log("serving");
    if (Deno.args[0] === "unref") server.unref();
    else setTimeout(() => server.stop().then(() => console.log("stopped")), 20);`;
  for (const [word, said] of [["unref", "serving\n"], ["stop", "serving\nstopped\n"]]) {
    const { code, stdout, stderr } = await denoSource(source, { args: [word!], flags: ["--allow-net=127.0.0.1"] });
    assertEquals([code, stdout, stderr], [0, said, ""]);
  }
});

test("Server.unref() lets go of children that wait, and not of one with a connection", async () => {
  const source = `
    import { connect, serve } from "vasty/mod.ts";
    const [mode, child, connected] = JSON.parse(Deno.args[0]);
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, { child }, { mode, children: 2 });
    server.unref();
    let closed = false;
    addEventListener("unload", () => console.log(closed));
    if (connected) {
      const client = await connect({ port: server.addresses[0].port });
      await client.writeLine("hello");
      await client.readLine();
      // What it has taken, its child tells by another way than its answer comes.
      for (let i = 0; server.connections === 0 && i < 1_000; i++) await new Promise((go) => setTimeout(go, 1));
      Deno.unrefTimer(setTimeout(() => client.closeWrite(closed = true), 100));
    }`;
  const flags = ["--allow-net=127.0.0.1", "--allow-run"];
  const rows = [["forking", "capitals", true], ["forking", "capitals", false], ["preforking", "obey", true]] as const;
  await Promise.all(rows.map(async ([mode, name, connected]) => {
    const args = [JSON.stringify([mode, exported(name), connected])];
    const { code, stdout, stderr } = await denoSource(source, { args, flags });
    assertEquals([mode, code, stdout, stderr], [mode, 0, `${connected}\n`, ""]);
  }));
}, { skip: sample(false) });

test("Server in an `await using` block is stopped at its end", async () => {
  let port: number;
  {
    await using server = await serve(HERE, echo);
    port = portOf(server);
    using client = await connect({ port });
    assert(await echoes(client));
  }
  await assertRejects(() => connect({ port }), SyscallError, "ECONNREFUSED");
});
