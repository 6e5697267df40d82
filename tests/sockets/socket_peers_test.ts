/** Sockets with programs of other languages at the other end: Perl's IO::Socket and Socket, Python's socket. */
import { socket, type SocketAddress } from "../../lib/sockets/mod.ts";
import { Peer } from "../pipes/fifo_folder.ts";
import { assertEquals, count, test } from "../support/mod.ts";
import { bytes, pattern, portOf, receiveAll, sendAll, SocketFolder, text } from "./loopback.ts";

const perl = (script: string, ...args: string[]) => new Peer("perl", ["-MSocket", "-e", `$| = 1; ${script}`, ...args]);
const python = (script: string, ...args: string[]) =>
  new Peer("/usr/bin/python3", ["-c", `import socket, sys\n${script}`, ...args]);

/** A program that listens and prints its port or says READY, echoes all of a connection in capitals, and ends. */
const SERVERS: [
  name: string,
  program: string,
  family: "PF_INET" | "PF_INET6" | "PF_UNIX",
  start: (path: string) => Peer,
][] = [
  [
    "perl",
    "perl",
    "PF_INET",
    () =>
      perl(
        `use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", Proto => "tcp") or die;
      print $s->sockport, "\\n"; my $c = $s->accept; while (sysread($c, my $b, 65536)) { print $c uc $b }`,
      ),
  ],
  [
    "perl",
    "perl",
    "PF_UNIX",
    (path) =>
      perl(
        `use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Listen => 5, Local => shift) or die;
      print "0\\n"; my $c = $s->accept; while (sysread($c, my $b, 65536)) { print $c uc $b }`,
        path,
      ),
  ],
  [
    "python",
    "python3",
    "PF_INET6",
    () =>
      python(`s = socket.socket(socket.AF_INET6); s.bind(("::1", 0)); s.listen(); print(s.getsockname()[1], flush=True)
c, _ = s.accept()
while (b := c.recv(65536)): c.sendall(b.upper())`),
  ],
];

for (const [name, program, family, start] of SERVERS) {
  test(`Socket of ${family} is the client of a server in ${name}: 200,000 bytes there and back`, async () => {
    using folder = new SocketFolder();
    const path = folder.next();
    await using server = start(path);
    await server.says("\n");
    const port = parseInt(server.said);
    const address: SocketAddress = family === "PF_UNIX"
      ? { path }
      : { hostname: family === "PF_INET" ? "127.0.0.1" : "::1", port };
    using client = socket(family, "SOCK_STREAM");
    await client.connect(address, { timeout: 5_000 });
    const sent = bytes("around ".repeat(28_572));
    const sending = sendAll(client, sent).then(() => client.shutdown("write"));
    assertEquals(text(await receiveAll(client)), text(sent).toUpperCase());
    await sending;
  }, { needs: [program] });
}

test("Socket is the server of clients in Perl and Python", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const port = `${portOf(listener.getsockname())}`;
  const clients = [
    perl(
      `socket(S, PF_INET, SOCK_STREAM, getprotobyname("tcp")) or die; connect(S, sockaddr_in(shift, INADDR_LOOPBACK)) or die;
      syswrite S, "perl"; shutdown(S, 1); print while <S>;`,
      port,
    ),
    python(
      `s = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); s.sendall(b"python"); s.shutdown(1)
while (b := s.recv(100)): print(b.decode())`,
      port,
    ),
  ];
  for (const _ of clients) {
    using one = (await listener.accept({ timeout: 10_000 })).socket;
    await one.send(bytes(`hello ${text(await receiveAll(one))}`));
  }
  assertEquals(await Promise.all(clients.map((one) => one.text())), ["hello perl", "hello python\n"]);
}, { needs: ["perl", "python3"] });

test("Socket exchanges datagrams with Perl's send and recv, and with Python's over Unix", async () => {
  using folder = new SocketFolder();
  using udp = folder.bound("PF_INET", "SOCK_DGRAM");
  await using asking = perl(
    `socket(S, PF_INET, SOCK_DGRAM, 0) or die; send(S, "time?", 0, sockaddr_in(shift, INADDR_LOOPBACK)) or die;
     send(S, "", 0, getpeername(S) // sockaddr_in($ARGV[0], INADDR_LOOPBACK)); recv(S, my $b, 100, 0); print $b`,
    `${portOf(udp.getsockname())}`,
    `${portOf(udp.getsockname())}`,
  );
  const { bytes: question, address } = await udp.recvFrom(100, { timeout: 10_000 });
  assertEquals([text(question), (await udp.recvFrom(100, { timeout: 10_000 })).length], ["time?", 0]);
  await udp.send(bytes("late"), { to: address });
  assertEquals(await asking.text(), "late");
  const path = folder.next();
  await using unix = python(
    `s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print("READY", flush=True)
b, a = s.recvfrom(100); s.sendto(b.upper(), a)`,
    path,
  );
  await unix.says("READY");
  using client = folder.bound("PF_UNIX", "SOCK_DGRAM");
  await client.send(bytes("here"), { to: { path } });
  assertEquals(text(await client.recv(100, { timeout: 10_000 })), "HERE");
}, { needs: ["perl", "python3"] });

test("Socket of SOCK_SEQPACKET keeps the limits of Python's packets, and sees its end", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_SEQPACKET");
  const address = listener.getsockname();
  await using peer = python(
    `s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.connect(sys.argv[1]); s.send(b"one"); s.send(b"three")`,
    "path" in address ? address.path : "",
  );
  using one = (await listener.accept({ timeout: 10_000 })).socket;
  assertEquals([text(await one.recv(100)), text(await one.recv(100)), (await one.recv(100)).length], [
    "one",
    "three",
    0,
  ]);
  await peer.text();
}, { needs: ["python3"] });

test("Socket: a peer that is killed in the middle is an end, and writing to it EPIPE or ECONNRESET", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM");
  const address = listener.getsockname();
  await using peer = perl(
    `socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un(shift)) or die; syswrite S, "half"; sleep`,
    "path" in address ? address.path : "",
  );
  using one = (await listener.accept({ timeout: 10_000 })).socket;
  assertEquals(text(await one.recv(100)), "half");
  const waiting = one.recv(100);
  peer.child.kill("SIGKILL");
  assertEquals((await waiting).length, 0);
  const codes = [];
  for (let i = 0; i < 2; i++) codes.push(await one.send(pattern(count(10))).catch((error) => error.code));
  assertEquals(codes, ["EPIPE", "EPIPE"]);
}, { needs: ["perl"] });
