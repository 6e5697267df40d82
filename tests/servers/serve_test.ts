import { SyscallError } from "../../lib/core/mod.ts";
import { serve, type ServerEvent } from "../../lib/servers/mod.ts";
import { connect, listen, listenDatagram, Listener } from "../../lib/sockets/mod.ts";
import { bytes, SocketFolder, text } from "../sockets/loopback.ts";
import { assert, assertEquals, assertRejects, children, test, within } from "../support/mod.ts";
import { exported } from "./child_servers.ts";
import { echo, echoes, HERE, portOf, Served } from "./served.ts";

test("serve() serves TCP and UDP at all addresses, and knows which one a client came to", async () => {
  const seen: unknown[] = [];
  const addresses = [{ port: 0 }, { transport: "udp", port: 0 }] as const;
  await using served = await Served.at(addresses, {
    stream: (_, client) => void seen.push([client.local, client.listening]),
    datagram: async (datagram, client) => {
      seen.push([client.local, client.listening]);
      await datagram.reply(datagram.bytes);
    },
  });
  const [port, udpPort] = [portOf(served.server), portOf(served.server, 1)];
  using one = await connect({ hostname: "127.0.0.2", port });
  assertEquals(await one.readLine(), null);
  using other = listenDatagram({ transport: "udp", port: 0 });
  await other.connect({ hostname: "127.0.0.3", port: udpPort });
  await other.send(bytes("ping"));
  assertEquals(text((await other.receive(undefined, { timeout: 5_000 }))[0]), "ping");
  const tcp = { transport: "tcp", port };
  const udp = { transport: "udp", port: udpPort };
  assertEquals(seen, [
    [{ ...tcp, hostname: "127.0.0.2" }, { ...tcp, hostname: "0.0.0.0" }],
    [{ ...udp, hostname: "127.0.0.3" }, { ...udp, hostname: "0.0.0.0" }],
  ]);
});

test("serve() serves Unix sockets of both kinds, and removes their files", async () => {
  using folder = new SocketFolder();
  const [path, log] = [folder.next(), folder.next()];
  const addresses = [{ path, mode: 0o600 }, { transport: "unixpacket", path: log }] as const;
  const came: unknown[] = [];
  await using served = await Served.at(addresses, {
    stream: (_, { local }) => void came.push(local),
    datagram: (datagram) => datagram.reply(datagram.bytes).then(() => {}),
  });
  using one = await connect({ path });
  assertEquals(await one.readLine(), null);
  assertEquals([came, Deno.statSync(path).mode! & 0o777], [[{ transport: "unix", path }], 0o600]);
  using other = listenDatagram({ transport: "unixpacket" });
  await other.send(bytes("ping"), { path: log });
  assertEquals(text((await other.receive(undefined, { timeout: 5_000 }))[0]), "ping");
  await served.server.stop();
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

test("serve() rejects by its signal while children start, and ends them", async () => {
  const child = { module: new URL("programs/never_ready.ts", import.meta.url), export: "any" };
  for (const mode of ["preforking", "forking"] as const) {
    const given = await listen(HERE);
    const signal = AbortSignal.timeout(50);
    const error = await assertRejects(() => serve(given, { child }, { mode, signal }), DOMException);
    assertEquals([error, given.closed, children()], [signal.reason, true, []]);
  }
});

test("serve() rejects by its signal at once where that was aborted as the first child was started", async () => {
  for (const later of [(abort: () => void) => abort(), queueMicrotask]) {
    const controller = new AbortController();
    const log = ({ kind }: ServerEvent) => {
      if (kind === "begat") later(() => controller.abort(new Error("enough")));
    };
    const options = { mode: "preforking", children: 1, signal: controller.signal, log } as const;
    await assertRejects(() => serve(HERE, { child: exported("greet") }, options), Error, "enough");
  }
});
