/** Sockets with Perl's IO::Socket at the other end: as clients, with lines, with datagrams, and with its IO::Select. */
import { socket } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { bytes, portOf, receiveAll, SocketFolder, text } from "./loopback.ts";
import { OtherEnd } from "./other_end.ts";

const LIMIT = { timeout: 10_000 };
const NEEDS = { needs: ["perl"] };

const perl = (script: string, ...args: string[]) => new OtherEnd(["perl", "-e", `$| = 1; ${script}`, ...args]);

/** Perl as a client; `shift` is the port or the path. */
const CLIENTS = [
  ["PF_INET", `use IO::Socket::INET; my $s = IO::Socket::INET->new("127.0.0.1:" . shift) or die`],
  ["PF_INET6", `use IO::Socket::IP; my $s = IO::Socket::IP->new(PeerHost => "::1", PeerPort => shift) or die $@`],
  ["PF_UNIX", `use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => shift) or die`],
] as const;

for (const [domain, connect] of CLIENTS) {
  test(`Socket of ${domain} is the server of a client of IO::Socket, line by line`, async () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, "SOCK_STREAM");
    const name = listener.getsockname();
    await using end = perl(
      `${connect}; { local $/ = "\\r\\n"; chomp(my $hello = <$s>); print "[$hello]\\n"; }
      $s->print("HELO perl\\r\\n"); $s->autoflush(1); print $s "QUIT\\r\\n"; $s->shutdown(1);
      print while <$s>; print $s->connected ? "connected\\n" : "gone\\n"`,
      "path" in name ? name.path : `${name.port}`,
    );
    const { socket: server, address } = await listener.accept(LIMIT);
    using _server = server;
    await server.send(bytes("220 here\r\n"));
    assertEquals(text(await receiveAll(server)), "HELO perl\r\nQUIT\r\n");
    await server.send(bytes("221 bye\n"));
    server.close();
    assertEquals((await end.prints()).replace(/gone|connected/, "."), "[220 here]\n221 bye\n.\n");
    assertEquals("path" in address ? address.path : portOf(address) > 0, domain === "PF_UNIX" ? "" : true);
  }, NEEDS);
}

test("Socket of UDP is both ends of IO::Socket::INET", async () => {
  using folder = new SocketFolder();
  await using end = perl(
    `use IO::Socket::INET; my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1") or die;
    print $s->sockport, "\\n"; $s->recv(my $b, 100); print $s->peerhost, " ", $s->peerport, " $b\\n"; $s->send(uc $b);`,
  );
  const port = Number(await end.prints("\n"));
  using client = folder.bound("PF_INET", "SOCK_DGRAM");
  await client.send(bytes("hello"), { to: { hostname: "127.0.0.1", port } });
  const { bytes: answer, address } = await client.recvFrom(100, LIMIT);
  assertEquals([text(answer), address], ["HELLO", { transport: "udp", hostname: "127.0.0.1", port }]);
  assertEquals((await end.prints()).split("\n")[1], `127.0.0.1 ${portOf(client.getsockname())} hello`);
}, NEEDS);

test("Socket has clients at a server of IO::Select, which sees each of their ends", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  await using end = perl(
    `use IO::Socket::UNIX; use IO::Select; my $l = IO::Socket::UNIX->new(Local => shift, Listen => 5) or die;
    my $all = IO::Select->new($l); my $ends = 0; print "READY\\n";
    while ($ends < 3) { for my $s ($all->can_read) {
      if ($s == $l) { $all->add(scalar $l->accept); next }
      if (sysread($s, my $b, 100)) { syswrite($s, "<$b>") } else { $all->remove($s); close $s; $ends++; print "END\\n" } } }`,
    path,
  );
  await end.prints("READY\n");
  const clients = [1, 2, 3].map(() => socket("PF_UNIX", "SOCK_STREAM"));
  for (const one of clients) await one.connect({ path }, LIMIT);
  for (const [i, one] of clients.reverse().entries()) {
    await one.send(bytes(`${i}`));
    assertEquals(text(await one.recv(100, LIMIT)), `<${i}>`);
    one.shutdown("write");
    assertEquals((await one.recv(100, LIMIT)).length, 0);
    one.close();
  }
  assertEquals(await end.prints(), "READY\nEND\nEND\nEND\n");
}, NEEDS);
