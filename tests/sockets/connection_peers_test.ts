/** Connections with programs of Perl's IO::Socket at the other end. */
import { Connection, socket } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { Peer } from "../pipes/fifo_folder.ts";
import { assert, assertEquals, assertRejects, size, test } from "../support/mod.ts";
import { portOf, SocketFolder } from "./loopback.ts";

const perl = (script: string, ...args: string[]) => new Peer("perl", ["-e", `$| = 1; ${script}`, ...args]);

/** A dialog in the manner of POP3: lines, a prompt without an end, a message with dots each way. */
const SERVER = `my $c = $s->accept; binmode $c; $c->autoflush(1);
  print $c "+OK ready\\r\\nlogin: ";
  my $name = <$c>; $name =~ s/\\r\\n\\z// or die "no CRLF";
  print $c "+OK $name\\r\\n", "Subject: dots\\r\\n\\r\\n..\\r\\n...two\\r\\nna\\xc3"; print $c "\\xafve\\r\\n.\\r\\n";
  my @lines; while (<$c>) { last if $_ eq ".\\r\\n"; s/^\\.//; push @lines, $_ }
  print $c length(join "", @lines), "\\n"; print $c "unterminated"; shutdown $c, 1; print "END:", <$c>`;

const SERVERS: ["PF_INET" | "PF_UNIX", string][] = [
  ["PF_INET", `use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;`],
  ["PF_UNIX", `use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Listen => 5, Local => shift) or die;`],
];

for (const [family, listen] of SERVERS) {
  test(`Connection of ${family} talks to a server of Perl's in lines, prompts and messages with dots`, async () => {
    using folder = new SocketFolder();
    const path = folder.next();
    const port = family === "PF_INET" ? "$s->sockport" : "0";
    await using server = perl(`${listen} print ${port}, "\\n"; ${SERVER}`, path);
    await server.says("\n");
    const one = socket(family, "SOCK_STREAM");
    await one.connect(family === "PF_UNIX" ? { path } : { hostname: "127.0.0.1", port: parseInt(server.said) });
    using client = new Connection(one);
    assertEquals([await client.readLine({ timeout: 10_000 }), await client.readUntil("login: ")], ["+OK ready", ""]);
    await client.writeLine("gänse");
    assertEquals(await client.readLine(), "+OK gänse");
    assertEquals(await client.readDotLines(), ["Subject: dots", "", ".", "..two", "naïve"]);
    const long = "x".repeat(size(200_000));
    await client.writeDotLines([".", "a\0b", long]);
    assertEquals(await client.readLine(), `${3 + 5 + long.length + 2}`);
    assertEquals([await client.readLine(), await client.readLine()], ["unterminated", null]);
    await client.print("last");
    await client.closeWrite();
    assert((await server.text()).endsWith("END:last"));
  }, { needs: ["perl"] });
}

test("Connection serves a client of Perl's, which is killed in the middle of a line", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  await using client = perl(
    `use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift) or die;
     $s->autoflush(1); print $s "GET /\\n"; local $/ = "\\r\\n"; chomp(my $answer = <$s>); print "$answer\\n"; print $s "half"; sleep`,
    `${portOf(listener.getsockname())}`,
  );
  using server = new Connection((await listener.accept({ timeout: 10_000 })).socket);
  assertEquals(await server.readLine({ timeout: 10_000 }), "GET /");
  await server.writeLine("200 fine");
  await client.says("200 fine\n");
  const waiting = server.readUntil("\n");
  client.child.kill("SIGKILL");
  await assertRejects(() => waiting, Deno.errors.UnexpectedEof, "4 bytes");
  assertEquals([await server.readLine(), await server.readLine()], ["half", null]);
  const error = await assertRejects(async () => {
    for (;;) await server.writeLine("still there?");
  }, SyscallError);
  assertEquals(error.code, "EPIPE");
}, { needs: ["perl"] });
