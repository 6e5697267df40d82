import { Datagram, DatagramSocket, listenDatagram, socket } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";
import { bytes, portOf, text } from "./loopback.ts";

test("Datagram.reply() leaves from the address that the question was sent to: a connected client hears it", async () => {
  using server = listenDatagram({ transport: "udp", port: 0 });
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  await client.connect({ hostname: "127.0.0.2", port: portOf(server.addr) });
  await client.send(bytes("question"));
  // What had come before anybody asked can be answered, too.
  const question = await server.receiveDatagram();
  assertEquals(question instanceof Datagram && question.address, client.addr);
  assertEquals(question.localAddress, { transport: "udp", hostname: "127.0.0.2", port: portOf(server.addr) });
  // From the address that the system chooses, it is not heard.
  await server.send(bytes("unheard"), question.address);
  assertEquals(await question.reply(bytes("answer")), 6);
  assertEquals(await question.reply(new Uint8Array(0)), 0);
  assertEquals(text((await client.receive())[0]), "answer");
  assertEquals((await client.receive())[0].length, 0);
  await client.send(bytes("again"));
  assertEquals((await server.receiveMany())[0]!.interface, 1);
});

test("listenDatagram() with destination knows it from the first datagram on", async () => {
  using server = listenDatagram({ transport: "udp", port: 0, destination: true });
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  await client.send(bytes("x"), { hostname: "127.0.0.3", port: portOf(server.addr) });
  const { localAddress, interface: index } = await server.receiveDatagram();
  assertEquals([localAddress?.hostname, index], ["127.0.0.3", 1]);
});

test("Datagram.reply() to a broadcast leaves from the address of the interface", async () => {
  using server = listenDatagram({ transport: "udp", port: 0, destination: true });
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  await client.send(bytes("anybody?"), { hostname: "127.255.255.255", port: portOf(server.addr) });
  const question = await server.receiveDatagram();
  assertEquals(question.localAddress?.hostname, "127.255.255.255");
  await question.reply(bytes("me"));
  const [answer, from] = await client.receive();
  assertEquals([text(answer), from], ["me", { ...server.addr, hostname: "127.0.0.1" }]);
});

test("Datagram.reply() of IPv6, and of IPv4 by way of IPv6", async () => {
  using server = listenDatagram({ transport: "udp", hostname: "::", port: 0, destination: true });
  const port = portOf(server.addr);
  for (const [from, to, seen] of [["::1", "::1", "::1"], ["127.0.0.1", "127.0.0.2", "::ffff:127.0.0.2"]] as const) {
    using client = listenDatagram({ transport: "udp", hostname: from, port: 0 });
    await client.connect({ hostname: to, port });
    await client.send(bytes("question"));
    const question = await server.receiveDatagram();
    assertEquals(question.localAddress, { transport: "udp", hostname: seen, port });
    await question.reply(bytes("answer"));
    assertEquals(text((await client.receive(undefined, { timeout: 5_000 }))[0]), "answer");
  }
});

test("Datagram.reply() answers Unix sockets that have a name, and says of others that they have none", async () => {
  using server = listenDatagram({ transport: "unixpacket" });
  using client = listenDatagram({ transport: "unixpacket" });
  await client.send(bytes("x"), server.addr);
  const question = await server.receiveDatagram();
  assertEquals([question.localAddress, question.interface], [undefined, undefined]);
  await question.reply(bytes("y"));
  assertEquals(text((await client.receive())[0]), "y");
  using nameless = new DatagramSocket(socket("PF_UNIX", "SOCK_DGRAM"));
  await nameless.send(bytes("x"), server.addr);
  const unanswerable = await server.receiveDatagram();
  assertEquals(unanswerable.address, { transport: "unixpacket", path: "" });
  await assertRejects(() => unanswerable.reply(bytes("y")), TypeError, "no name");
});
