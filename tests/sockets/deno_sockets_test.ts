import { ClosedError } from "../../lib/core/mod.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { denoDescriptor, isDenoSocket } from "../../lib/sockets/deno_sockets.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { portOf, SocketFolder } from "./loopback.ts";

for (const hostname of ["127.0.0.1", "::1"]) {
  test(`denoDescriptor() tells Deno's listener and both ends of a connection by ${hostname} from each other`, async () => {
    using listener = Deno.listen({ hostname, port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const accepting = listener.accept();
    using client = await Deno.connect({ hostname, port });
    using server = await accepting;
    const found = [listener, client, server].map((one) => denoDescriptor(one));
    assertEquals(new Set(found).size, 3);
    assert(found.every((fd) => fd > 2));
    client.close();
    assertThrows(() => denoDescriptor(client), ClosedError);
    assertEquals(denoDescriptor(server), found[2]!);
  });
}

test("denoDescriptor() of a dual socket: IPv4 inside IPv6", async () => {
  using listener = Deno.listen({ hostname: "::", port: 0 });
  const accepting = listener.accept();
  using client = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
  using server = await accepting;
  assertEquals(new Set([listener, client, server].map((one) => denoDescriptor(one))).size, 3);
});

test("denoDescriptor() finds a Unix listener by its path, and refuses a connection, which has no name", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  using listener = Deno.listen({ transport: "unix", path });
  assert(denoDescriptor(listener) > 2);
  const accepting = listener.accept();
  using client = await Deno.connect({ transport: "unix", path });
  using server = await accepting;
  for (const one of [client, server]) assertThrows(() => denoDescriptor(one), TypeError, "socket()");
});

test("denoDescriptor() refuses to choose between several with one address", () => {
  using one = socket("PF_INET", "SOCK_STREAM");
  using two = socket("PF_INET", "SOCK_STREAM");
  for (const each of [one, two]) {
    each.setOption("SO_REUSEPORT", true);
    each.bind(each === one ? { hostname: "127.0.0.1", port: 0 } : one.getsockname());
    each.listen();
  }
  const addr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: portOf(one.getsockname()) };
  assertThrows(() => denoDescriptor({ addr }), TypeError, "Several");
  two.close();
  assertEquals(denoDescriptor({ addr }), one.fd.number);
  using udp = socket("PF_INET", "SOCK_DGRAM");
  udp.bind({ hostname: "127.0.0.1", port: addr.port });
  assertEquals(denoDescriptor({ addr: { ...addr, transport: "udp" } }), udp.fd.number);
});

test("denoDescriptor() takes copies of one socket for one", () => {
  using one = socket("PF_INET", "SOCK_STREAM");
  one.bind({ hostname: "127.0.0.1", port: 0 });
  one.listen();
  using copy = one.fd.duplicate();
  const addr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: portOf(one.getsockname()) };
  assertEquals(denoDescriptor({ addr }), Math.min(one.fd.number, copy.number));
});

test("denoDescriptor() finds each of many connections, also of those that have come since", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const all: Deno.Conn[] = [];
  for (let i = 0; i < 20; i++) {
    const accepting = listener.accept();
    all.push(await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }), await accepting);
    denoDescriptor(all[2 * i]!);
  }
  assertEquals(new Set(all.map((one) => denoDescriptor(one))).size, 40);
  for (const one of all) one.close();
  for (const one of all) assertThrows(() => denoDescriptor(one), ClosedError, "closed");
});

test("isDenoSocket() knows connections and listeners by their addresses", () => {
  const addr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  assertEquals(
    [{ addr }, { localAddr: addr, remoteAddr: addr }, { localAddr: addr }, {}, { addr: 1 }].map(isDenoSocket),
    [true, true, false, false, false],
  );
});
