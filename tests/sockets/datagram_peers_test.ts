/** Datagrams with programs of other languages at the other end: Perl's IO::Socket, Python's socket. */
import { listenDatagram } from "../../lib/sockets/mod.ts";
import { Peer } from "../pipes/fifo_folder.ts";
import { assertEquals, count, denoSource, killPrinted, test, within } from "../support/mod.ts";
import { bytes, pattern, portOf, SocketFolder, text } from "./loopback.ts";

const perl = (script: string, ...args: string[]) =>
  new Peer("perl", ["-MIO::Socket::INET", "-e", `$| = 1; ${script}`, ...args]);
const python = (script: string, ...args: string[]) =>
  new Peer("/usr/bin/python3", ["-c", `import socket, struct, sys\n${script}`, ...args]);

test("DatagramSocket asks a server in Perl, and loses nothing of it, empty datagrams neither", async () => {
  await using server = perl(`my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1") or die;
    print $s->sockport, "\\n"; while (1) { my $from = $s->recv(my $b, 65536); last if $b eq "end"; $s->send(uc $b) }`);
  await server.says("\n");
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const to = { hostname: "127.0.0.1", port: parseInt(server.said) };
  for (const question of [bytes("time?"), new Uint8Array(0), bytes("x".repeat(65_507))]) {
    await client.send(question, to);
    const [answer, from] = await client.receive(undefined, { timeout: within(5_000) });
    assertEquals([text(answer), from], [text(question).toUpperCase(), { transport: "udp", ...to }]);
  }
  await client.send(bytes("end"), to);
}, { needs: ["perl"] });

test("DatagramSocket answers a client in Perl that hears the address alone that it has asked", async () => {
  using server = listenDatagram({ transport: "udp", port: 0, destination: true });
  await using client = perl(
    `my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.2", PeerPort => shift) or die;
    $s->send("question"); $s->recv(my $b, 100); print "$b from ", $s->peerhost, "\\n"`,
    `${portOf(server.addr)}`,
  );
  const question = await server.receiveDatagram();
  await server.send(bytes("unheard"), question.address);
  await question.reply(bytes("answer"));
  assertEquals(await client.text(), "answer from 127.0.0.2\n");
}, { needs: ["perl"] });

test("DatagramSocket is answered by a server in Python from where it was sent to", async () => {
  await using server = python(`s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, 8, 1); s.bind(("0.0.0.0", 0)); print(s.getsockname()[1], flush=True)
data, control, flags, who = s.recvmsg(100, 100)
(index, spec, addr), = [struct.unpack("i4s4s", d) for level, kind, d in control if (level, kind) == (0, 8)]
s.sendmsg([data, b" ", socket.inet_ntoa(addr).encode()], [(0, 8, struct.pack("i4s4s", 0, spec, bytes(4)))], 0, who)`);
  await server.says("\n");
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  await client.connect({ hostname: "127.0.0.5", port: parseInt(server.said) });
  await client.sendMany([{ bytes: bytes("hello") }]);
  assertEquals(text((await client.receiveMany())[0]!.bytes), "hello 127.0.0.5");
}, { needs: ["python3"] });

test("DatagramSocket and a Unix server in Python", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  await using server = python(
    `s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print("READY", flush=True)
while True:
    data, who = s.recvfrom(1 << 20)
    if data == b"end": break
    s.sendto(data[::-1], who)`,
    path,
  );
  await server.says("READY");
  using client = listenDatagram({ transport: "unixpacket" });
  for (const question of [bytes("hello"), new Uint8Array(0), pattern(100_000)]) {
    await client.send(question, { path });
    assertEquals((await client.receive())[0], question.toReversed());
  }
  await client.send(bytes("end"), { path });
}, { needs: ["python3"] });

test("DatagramSocket loses none of many Unix datagrams of a sender in Perl that never waits for it", async () => {
  using reader = listenDatagram({ transport: "unixpacket", path: `\0vasty-perl-${Deno.pid}` });
  const total = count(200_000);
  await using _sender = new Peer("perl", [
    "-MSocket",
    "-e",
    'socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; connect($s, pack("Sa*", AF_UNIX, "\\0$ARGV[0]")) or die;' +
    "for my $i (0 .. $ARGV[1] - 1) { defined send($s, pack('l', $i), 0) or die }",
    `vasty-perl-${Deno.pid}`,
    `${total}`,
  ]);
  for (let next = 0; next < total;) {
    for (const { bytes } of await reader.receiveMany({ room: 8 })) {
      const number = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
      if (number !== next++) throw new Error(`${number} came instead of ${next - 1}`);
    }
  }
}, { needs: ["perl"] });

test("DatagramSocket survives the end of a peer by SIGKILL, and its stale file can be told", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  await using server = python(
    `import os, signal
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print(os.getpid(), flush=True); signal.pause()`,
    path,
  );
  await server.says("\n");
  using client = listenDatagram({ transport: "unixpacket" });
  const messages = Array.from({ length: 100 }, () => ({ bytes: bytes("x"), address: { path } }));
  const sent = await client.sendMany(messages, { timeout: 20 });
  const waiting = client.send(bytes("x"), { path }).catch((error) => error.code);
  killPrinted(server.said);
  assertEquals([sent > 0 && sent < 100, await waiting], [true, "ECONNREFUSED"]);
}, { needs: ["python3"] });

test("DatagramSocket works with the permission of its address and of libc alone", async () => {
  const { stdout, stderr } = await denoSource(
    `import { listenDatagram } from "vasty/mod.ts";
    using one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const { port } = one.addr;
    await one.sendMany([{ bytes: new Uint8Array(3), address: one.addr }]);
    const datagram = await one.receiveDatagram();
    await datagram.reply(new Uint8Array(4));
    console.log(datagram.length, (await one.receive())[0].length, one.addr.port === port);`,
    { flags: ["--allow-net=127.0.0.1"] },
  );
  assertEquals([stdout, stderr], ["3 4 true\n", ""]);
});
