import { SyscallError } from "../../lib/core/mod.ts";
import { serve } from "../../lib/servers/mod.ts";
import { connect, listen, listenDatagram, Listener } from "../../lib/sockets/mod.ts";
import { bytes, SocketFolder, text } from "../sockets/loopback.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { echo, echoes, HERE, portOf, Served } from "./served.ts";

test("serve() serves TCP, UDP and Unix sockets at once, and knows which address a client came to", async () => {
  using folder = new SocketFolder();
  const [path, log] = [folder.next(), folder.next()];
  const seen: unknown[] = [];
  const addresses = [
    { port: 0 },
    { transport: "udp", port: 0 },
    { path, mode: 0o600 },
    { transport: "unixpacket", path: log },
  ] as const;
  await using served = await Served.at(addresses, {
    stream: (_, client) => void seen.push([client.local, client.listening]),
    datagram: (datagram, client) => {
      seen.push([client.local, client.listening]);
      return datagram.reply(datagram.bytes).then(() => {});
    },
  });
  const { server } = served;
  const [port, udpPort] = [portOf(server), portOf(server, 1)];
  {
    using one = await connect({ hostname: "127.0.0.2", port });
    assertEquals(await one.readLine(), null);
  }
  for (const to of [{ hostname: "127.0.0.3", port: udpPort }, { path: log }]) {
    const transport = "path" in to ? { transport: "unixpacket" } as const : { transport: "udp", port: 0 } as const;
    using one = listenDatagram(transport);
    await one.connect(to);
    await one.send(bytes("ping"));
    assertEquals(text((await one.receive(undefined, { timeout: 5_000 }))[0]), "ping");
  }
  {
    using one = await connect({ path });
    assertEquals(await one.readLine(), null);
  }
  assertEquals(seen, [
    [{ transport: "tcp", hostname: "127.0.0.2", port }, { transport: "tcp", hostname: "0.0.0.0", port }],
    [{ transport: "udp", hostname: "127.0.0.3", port: udpPort }, {
      transport: "udp",
      hostname: "0.0.0.0",
      port: udpPort,
    }],
    [{ transport: "unixpacket", path: log }, { transport: "unixpacket", path: log }],
    [{ transport: "unix", path }, { transport: "unix", path }],
  ]);
  await server.stop();
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

test("serve() takes over a listener and a datagram socket that were made elsewhere", async () => {
  const listener = await listen(HERE);
  const shared = Listener.fromFd(listener.fd.duplicate());
  const socket = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const server = await serve([shared, socket], { stream: echo, datagram: () => {} });
  {
    using client = await connect({ port: portOf(server) });
    assert(await echoes(client));
  }
  await server.stop();
  assertEquals([shared.closed, socket.closed, listener.closed], [true, true, false]);
  listener.close();
});

test("serve() that cannot serve at one address serves at none, and leaves what it was given", async () => {
  using taken = await listen(HERE);
  using given = await listen(HERE);
  using folder = new SocketFolder();
  const path = folder.next();
  const refused = { hostname: "127.0.0.1", port: (taken.addr as Deno.NetAddr).port };
  const error = await assertRejects(() => serve([given, { path }, refused], echo), SyscallError);
  assert(error instanceof Deno.errors.AddrInUse);
  assertEquals([given.closed, [...Deno.readDirSync(folder.path)]], [false, []]);
});

test("serve() refuses a Unix socket that is alive, by its name", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  await using _first = await Served.at({ path });
  const error = await assertRejects(() => serve({ path }, echo), SyscallError);
  assertEquals(error.message, `Cannot listen at "${path}": address already in use (EADDRINUSE, bind)`);
});

test("serve() wants a handler for each address, and options that make sense, before it opens anything", async () => {
  await assertRejects(() => serve([], echo), TypeError, "no address");
  await assertRejects(() => serve({ transport: "udp", port: 0 }, echo), TypeError, "no handler for datagrams");
  await assertRejects(() => serve(HERE, { datagram: () => {} }), TypeError, "no handler for connections");
  await assertRejects(() => serve(HERE, echo, { signal: AbortSignal.abort(new Error("no")) }), Error, "no");
});

test("serve() stops by its signal", async () => {
  const controller = new AbortController();
  const server = await serve(HERE, echo, { signal: controller.signal, stopTimeout: 0 });
  using client = await connect({ port: portOf(server) });
  assert(await echoes(client));
  controller.abort();
  await server.finished;
  assertEquals(await client.readLine({ timeout: within(1_000) }), null);
});
