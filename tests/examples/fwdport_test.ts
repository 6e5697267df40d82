/** The forwarder, between the clients and servers that there are. */
import { assert, assertEquals, assertMatch, size, test, within } from "../support/mod.ts";
import { numbers } from "../support/proc.ts";
import { freePort, OtherEnd } from "../sockets/other_end.ts";
import { bare, between, Forwarder, received, refused } from "./forwarder.ts";
import { exampleCommand, launched } from "./launched.ts";
import { PerlServer } from "./perl_server.ts";

/** Takes one client after the other: reads all that it sends, and then answers with it. */
const ANSWERS = `while (my $c = $s->accept) { my $all = join "", <$c>; print $c "got <$all>"; close $c }`;

/** A client in Perl, connected to the port that is its first argument. */
function perlClient(port: string, script: string): OtherEnd {
  const setup = `use strict; use Socket; use IO::Socket::INET; $| = 1;
    my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift) or die "$@"; `;
  return new OtherEnd(["perl", "-e", setup + script, port]);
}

/** Sends until there has been no room for a fifth of a second. */
const STUFF = `$c->blocking(0); my ($sent, $room) = (0, "");
  for (;;) {
    vec($room, fileno($c), 1) = 1;
    last if $sent > 100_000_000 or !select(undef, $room, undef, 0.2);
    $sent += syswrite($c, "x" x 65_536) // 0;
  }
  print "$sent\\n"; `;

for (
  const [client, needs] of [
    [["ncat", "127.0.0.1"], "ncat"],
    [["nc.openbsd", "-N", "127.0.0.1"], "nc.openbsd"],
    [["sh", "-c", 'exec socat -t 60 - "TCP:127.0.0.1:$0"'], "socat"],
  ] as const
) {
  test(`servers/fwdport brings ${needs} the answer to all that it sent, after its end`, async () => {
    await using server = await PerlServer.listening(ANSWERS);
    const forwarder = await Forwarder.to(server.place);
    const { stdout } = await launched([...client, forwarder.port], { input: "one\ntwo\n" });
    assertEquals(stdout, "got <one\ntwo\n>");
    await forwarder.logged();
    assertEquals(await forwarder.stop(), ["8 bytes out, 14 in"]);
  }, { needs: [needs, "perl"] });
}

test("servers/fwdport passes on the end of what the remote sends, and goes on the other way", async () => {
  await using server = await PerlServer.listening(
    `my $c = $s->accept; print $c "banner\\n"; $c->shutdown(1); my $all = join "", <$c>; print length $all`,
  );
  const forwarder = await Forwarder.to(server.place);
  await using client = perlClient(forwarder.port, `print <$c>; print $c "x" x 100_000; close $c`);
  assertEquals([await client.prints(), await server.log()], ["banner\n", "100000"]);
  await forwarder.logged();
  assertEquals(await forwarder.stop(), ["100000 bytes out, 7 in"]);
}, { needs: ["perl"] });

test("servers/fwdport has long names, IPv6 in brackets, and the port of the service where none is given", async () => {
  await using server = await PerlServer.listening(ANSWERS);
  const forwarder = await Forwarder.start("--remote=127.0.0.1", "--service", server.port, "--local", "[::1]:0");
  const { stdout } = await launched(["socat", "-t", "60", "-", `TCP6:[::1]:${forwarder.port}`], { input: "six" });
  assertEquals(stdout, "got <six>");
  await forwarder.logged();
  assertEquals(await forwarder.stop(), ["3 bytes out, 9 in"]);
}, { needs: ["perl", "socat"] });

test("servers/fwdport serves at all addresses where it is told none, at the service's port", async () => {
  const service = freePort();
  await using server = await PerlServer.listening(ANSWERS);
  const forwarder = await Forwarder.start("-s", `no-such-service(${service})`, "-r", server.place);
  assertEquals(forwarder.port, `${service}`);
  const { stdout } = await launched(["ncat", "127.0.0.2", forwarder.port], { input: "all" });
  assertEquals(stdout, "got <all>");
  await forwarder.stop();
}, { needs: ["perl", "ncat"] });

const WRONG = [
  ["-l", ":0"],
  ["-r", "127.0.0.1:80"],
  ["-l", ":0", "-r", "127.0.0.1"],
  ["-l", ":0", "-r", "127.0.0.1:0"],
  ["-l", "[::1", "-r", "127.0.0.1:80"],
  ["-l", ":0", "-r", "127.0.0.1:80", "more"],
];

test("servers/fwdport answers wrong usage with one line and exit 2, and a service that nobody knows with exit 1", async () => {
  const usage = "usage: fwdport [-s SERVICE] [-l LOCAL] -r REMOTE\n";
  const run = (args: string[]) => launched(exampleCommand("servers/fwdport", ...args));
  for (const args of WRONG) {
    const { code, stdout, stderr } = await run(args);
    assertEquals([code, stdout, stderr], [2, "", usage], args.join(" "));
  }
  const { code, stderr } = await run(["-l", ":0", "-r", "127.0.0.1:no-such-service"]);
  assertEquals(code, 1);
  assertMatch(stderr, /^fwdport: Cannot find the port of the service "no-such-service" of tcp: .*\n$/);
});

/** Sends different bytes both ways at once, ends each way, and compares what has come with what was sent. */
const BOTH_WAYS = `import hashlib, os, socket, sys, threading
size, listener = int(sys.argv[1]), socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
client = socket.create_connection(("127.0.0.1", int(sys.stdin.readline())))
server, sums = listener.accept()[0], {}
def send(name, to):
    block, sums[name] = os.urandom(1 << 20), hashlib.sha256()
    for at in range(0, size, len(block)):
        to.sendall(block[:size - at])
        sums[name].update(block[:size - at])
    to.shutdown(socket.SHUT_WR)
def receive(name, of):
    sums[name] = hashlib.sha256()
    while block := of.recv(1 << 18):
        sums[name].update(block)
work = [(send, "out", client), (receive, "out there", server), (send, "in", server), (receive, "in here", client)]
threads = [threading.Thread(target=f, args=args) for f, *args in work]
for one in threads: one.start()
for one in threads: one.join()
print(*(sums[a].digest() == sums[b].digest() for a, b in (("out", "out there"), ("in", "in here"))))
`;

test("servers/fwdport forwards 64 MiB both ways at once as they were sent", async () => {
  const bytes = size(64 * 1024 * 1024);
  const { ends, forwarder } = await between(BOTH_WAYS, `${bytes}`);
  await using _ends = ends;
  assertMatch(await ends.prints(), /^\d+\nTrue True\n$/);
  await forwarder.logged();
  assertEquals(await forwarder.stop(), [`${bytes} bytes out, ${bytes} in`]);
}, { needs: ["python3"] });

/** Many clients, all connected before the first one says anything, of a server that sends everything back. */
const MANY = `import asyncio, sys
async def echo(reader, writer):
    while line := await reader.readline(): writer.write(line)
    writer.close()
async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    port, count = int(sys.stdin.readline()), int(sys.argv[1])
    clients = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(count)))
    async def talk(number, reader, writer):
        writer.write(b"client %d\\n" % number)
        right = await reader.readline() == b"client %d\\n" % number
        await everybody.wait()
        writer.write_eof()
        right = right and await reader.read() == b""
        writer.close()
        return right
    everybody = asyncio.Barrier(count)
    print(sum(await asyncio.gather(*(talk(i, *one) for i, one in enumerate(clients)))), flush=True)
asyncio.run(main())
`;

test("servers/fwdport has 200 connections at once, and nothing is left of them", async () => {
  const many = size(200);
  const { ends, forwarder } = await between(MANY, `${many}`);
  await using _ends = ends;
  const before = numbers(`/proc/${forwarder.pid}/fd`).length;
  assertEquals((await ends.prints()).split("\n")[1], `${many}`);
  const lines = await forwarder.logged(many);
  assertEquals(lines.filter((line) => !/: (\d+) bytes out, \1 in at /.test(line)), []);
  assert(numbers(`/proc/${forwarder.pid}/fd`).length <= before + 1);
  await forwarder.stop();
}, { needs: ["python3"] });

test("servers/fwdport closes a client whose remote is refused, says so, and goes on", async () => {
  const port = freePort();
  const forwarder = await Forwarder.to(`127.0.0.1:${port}`);
  await using client = perlClient(forwarder.port, `print scalar(sysread($c, my $x, 1)) // $!`);
  assertEquals(await client.prints(), "0");
  const refused = "Cannot connect to PLACE: connection refused (ECONNREFUSED, connect)";
  assertEquals((await forwarder.logged()).map(bare), [refused]);
  await using _server = new OtherEnd(["socat", "-d", "-d", `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr`, "EXEC:cat"]);
  await _server.says(/listening on/);
  assertEquals((await launched(["ncat", "127.0.0.1", forwarder.port], { input: "here" })).stdout, "here");
  await forwarder.logged(2);
  assertEquals(await forwarder.stop(), [refused, "4 bytes out, 4 in"]);
}, { needs: ["perl", "ncat", "socat"] });

test("servers/fwdport reads no more of a client than the remote takes, and loses nothing", async () => {
  await using server = await PerlServer.listening(
    `my $c = $s->accept; <STDIN>; my ($all, $n) = 0; $all += $n while $n = sysread $c, my $x, 65_536; print $all`,
  );
  const forwarder = await Forwarder.to(server.place);
  await using client = perlClient(forwarder.port, `${STUFF} close $c`);
  const sent = Number(await client.prints());
  assert(sent < 50_000_000, `${sent} bytes have gone somewhere`);
  await server.put("\n");
  assertEquals(await server.log(), `${sent}`);
  await forwarder.logged();
  assertEquals(await forwarder.stop(), [`${sent} bytes out, 0 in`]);
}, { needs: ["perl"] });

/** Reads until the end, and tells how that was. */
const TO_THE_END = `1 while $n = sysread $c, my $x, 65_536; print defined $n ? "end" : $!;`;

test(
  "servers/fwdport breaks the remote's connection at once when the client breaks its own, also while nothing moves",
  async () => {
    await using server = await PerlServer.listening(`my ($c, $n) = $s->accept; <STDIN>; ${TO_THE_END}`);
    const forwarder = await Forwarder.to(server.place);
    await using client = perlClient(
      forwarder.port,
      `${STUFF} setsockopt($c, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0); <STDIN>; close $c`,
    );
    await client.prints("\n");
    await client.put("\n");
    // The line comes although the remote has read nothing so far.
    assertMatch(
      bare((await forwarder.logged())[0]!),
      /^\d+ bytes out, 0 in: (PLACE has gone|Cannot receive from PLACE: .*)$/,
    );
    await server.put("\n");
    assertEquals(await server.log(), "Connection reset by peer");
    await forwarder.stop();
  },
  { needs: ["perl"] },
);

for (const silent of [false, true]) {
  test(
    `servers/fwdport breaks the client's connection when the remote is killed${
      silent ? ", also while nothing moves" : ""
    }`,
    async () => {
      // Bytes that it has not read make a reset of its end.
      const server = await PerlServer.listening(`our $c = $s->accept; print "here\\n"; <STDIN>`);
      const forwarder = await Forwarder.to(server.place);
      await using client = perlClient(
        forwarder.port,
        `${silent ? STUFF : 'syswrite($c, "x"); print "sent\\n";'} $c->blocking(1); my $n; ${TO_THE_END}`,
      );
      await client.prints("\n");
      // The forwarder has passed it on before it takes what comes next.
      if (!silent) received(server.port);
      await server[Symbol.asyncDispose]();
      assertMatch(await client.prints(), /^\w+\nConnection reset by peer$/);
      assertMatch(bare((await forwarder.logged())[0]!), /^\d+ bytes out, 0 in: /);
      await forwarder.stop();
    },
    { needs: ["perl"] },
  );
}

/** A remote that answers nobody: its queue is full. */
const FULL =
  `use IO::Socket::INET; $| = 1; socket(my $l, PF_INET, SOCK_STREAM, 0); bind($l, sockaddr_in(0, INADDR_LOOPBACK)); listen($l, 0);
  my ($port) = sockaddr_in(getsockname $l);
  my @full = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, Blocking => 0) } 1 .. 3;
  print "$port\\n"; <STDIN>`;

test(
  "servers/fwdport forgets a client that goes while the remote does not answer, and ends at the second TERM at once",
  async () => {
    await using silent = new OtherEnd(["perl", "-e", FULL]);
    const forwarder = await Forwarder.to(`127.0.0.1:${(await silent.prints("\n")).trim()}`);
    await using gone = perlClient(forwarder.port, `setsockopt($c, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0); close $c`);
    await gone.prints();
    assertEquals((await forwarder.logged()).map(bare), ["PLACE has gone"]);
    await using client = perlClient(forwarder.port, `print "sent\\n"; my $n; ${TO_THE_END}`);
    await client.prints("\n");
    const begun = performance.now();
    Deno.kill(forwarder.pid, "SIGTERM");
    refused(forwarder.port);
    Deno.kill(forwarder.pid, "SIGTERM");
    assertMatch(bare((await forwarder.end())[1]!), /^The (connection was closed|server has ended)$/);
    assert(performance.now() - begun < within(1_500));
    assertEquals(await client.prints(), "sent\nend");
  },
  { needs: ["perl"] },
);

test("servers/fwdport lets what is under way finish after TERM, and ends with it", async () => {
  await using server = await PerlServer.listening(ANSWERS);
  const forwarder = await Forwarder.to(server.place);
  await using client = perlClient(
    forwarder.port,
    `print $c "a"; $c->flush; print "sent\\n"; <STDIN>; print $c "b"; $c->shutdown(1); print <$c>`,
  );
  await client.prints("\n");
  Deno.kill(forwarder.pid, "SIGTERM");
  refused(forwarder.port);
  await client.put("\n");
  assertEquals(await client.prints(), "sent\ngot <ab>");
  assertEquals((await forwarder.end()).map(bare), ["2 bytes out, 8 in"]);
}, { needs: ["perl"] });

test("servers/fwdport ends what takes longer than 2 s after TERM, though both sides have nothing to say", async () => {
  await using server = await PerlServer.listening(`our $c = $s->accept; $c->shutdown(1); <STDIN>`);
  const forwarder = await Forwarder.to(server.place);
  // Both ends are over, and what the client has sent waits for a remote that does not read.
  await using client = perlClient(forwarder.port, `${STUFF} $c->shutdown(1); <STDIN>`);
  await client.prints("\n");
  const begun = performance.now();
  Deno.kill(forwarder.pid, "SIGTERM");
  const [line] = await forwarder.end();
  assertMatch(bare(line!), /^\d+ bytes out, 0 in: The (connection was closed|server has ended)$/);
  assert(performance.now() - begun < within(4_000));
}, { needs: ["perl"] });
