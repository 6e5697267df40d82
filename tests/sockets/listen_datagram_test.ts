import { SyscallError } from "../../lib/core/mod.ts";
import { DatagramSocket, listenDatagram, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { bytes, portOf, SocketFolder, text } from "./loopback.ts";

test("listenDatagram() of UDP has Deno's defaults, and a port of its own", () => {
  using one = listenDatagram({ transport: "udp", port: 0 });
  assert(one instanceof DatagramSocket);
  assertEquals(one.addr, { transport: "udp", hostname: "0.0.0.0", port: portOf(one.addr) });
  assertEquals([one.broadcast, one.multicastLoopback, one.socket.getOption("SO_REUSEADDR")], [true, false, false]);
  using six = listenDatagram({ transport: "udp", hostname: "[::1]", port: 0, loopback: true, broadcast: false });
  assertEquals(six.addr, { transport: "udp", hostname: "::1", port: portOf(six.addr) });
  assertEquals([six.broadcast, six.multicastLoopback], [false, true]);
});

test("listenDatagram() shares a port where it is asked to, and says which is in use otherwise", () => {
  using one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const port = portOf(one.addr);
  const error = assertThrows(() => listenDatagram({ transport: "udp", hostname: "127.0.0.1", port }), SyscallError);
  assertEquals([error.code, error.address], ["EADDRINUSE", `127.0.0.1:${port}`]);
  for (const way of [{ reuseAddress: true }, { reusePort: true }]) {
    using first = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0, ...way });
    using second = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: portOf(first.addr), ...way });
    assertEquals(second.addr, first.addr);
  }
});

test("listenDatagram() refuses what is no address, before or in the kernel, and leaves no socket behind", () => {
  const udp = (more: object) => () => listenDatagram({ transport: "udp", port: 0, ...more });
  assertThrows(udp({ hostname: "192.0.2.1" }), SyscallError, "(EADDRNOTAVAIL, bind)");
  assertThrows(udp({ hostname: "localhost" }), TypeError, "Not an address of IPv4 or IPv6");
  assertThrows(udp({ port: 65_536 }), RangeError, "A port is an integer");
  assertThrows(udp({ broadcast: "yes" }), TypeError, "SO_BROADCAST is true or false");
  assertThrows(udp({ transport: "tcp" }), TypeError, 'not "tcp"');
  const long = "x".repeat(108);
  assertThrows(() => listenDatagram({ transport: "unixpacket", path: long }), RangeError, "at most 107 bytes");
});

test("listenDatagram() of a path removes its file with the socket, but none that has taken its place", () => {
  using folder = new SocketFolder();
  const path = folder.next();
  const one = listenDatagram({ transport: "unixpacket", path });
  assertEquals(one.addr, { transport: "unixpacket", path });
  const again = () => listenDatagram({ transport: "unixpacket", path });
  assertThrows(again, SyscallError, "(EADDRINUSE, bind)");
  one.close();
  one.close();
  assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
  const old = again();
  Deno.removeSync(path);
  using young = again();
  old.close();
  assert(Deno.statSync(path).isSocket);
  young.close();
  using mine = socket("PF_UNIX", "SOCK_DGRAM");
  mine.bind({ path });
  new DatagramSocket(mine).close();
  assert(Deno.statSync(path).isSocket, "a file that the caller has made is the caller's");
});

test("listenDatagram() of no path can be answered, and an abstract name is one", async () => {
  using server = listenDatagram({ transport: "unixpacket", path: `\0vasty-datagrams-${Deno.pid}` });
  using client = listenDatagram({ transport: "unixpacket" });
  assert("path" in client.addr && /^\0[\da-f]{5}$/.test(client.addr.path));
  await client.send(bytes("question"), server.addr);
  const [question, from] = await server.receive();
  assertEquals([text(question), from], ["question", client.addr]);
  await server.send(bytes("answer"), from);
  assertEquals(text((await client.receive())[0]), "answer");
});

test("listenDatagram() and send() need leave for the network, and notice that it was revoked", async () => {
  const source = `
    import { listenDatagram } from "vasty/mod.ts";
    const tell = async (f) => { try { console.log(await f()); } catch (e) { console.log(e.name, e.message); } };
    using one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    await tell(() => listenDatagram({ transport: "udp", port: 7 }));
    await tell(() => listenDatagram({ transport: "unixpacket" }));
    await tell(() => one.send(new Uint8Array(1), { hostname: "127.0.0.2", port: 7 }));
    await tell(() => one.sendMany([{ bytes: new Uint8Array(1), address: { hostname: "127.0.0.2", port: 7 } }]));
    const to = one.addr;
    await tell(() => one.send(new Uint8Array(1), to));
    Deno.permissions.revokeSync({ name: "net" });
    await tell(() => one.send(new Uint8Array(1), to).catch((e) => e.name));
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-net=127.0.0.1"] });
  const without = (what: string) => `NotCapable Requires net access${what}, run again with the --allow-net flag`;
  const there = without(' to "127.0.0.2:7"');
  assertEquals([stdout.split("\n"), stderr], [
    [without(' to "0.0.0.0:7"'), without(""), there, there, "1", "NotCapable", ""],
    "",
  ]);
});

test("listenDatagram() says what a path is", () => {
  const path = 5 as unknown as string;
  assertThrows(() => listenDatagram({ transport: "unixpacket", path }), TypeError, "A path is a string, not 5");
});
