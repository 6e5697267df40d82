/** The forwarder whose remote is itself. */
import { assert, assertEquals, test } from "../support/mod.ts";
import { numbers } from "../support/proc.ts";
import { inWorld, worldTest } from "../sockets/names_world.ts";
import { freePort, OtherEnd } from "../sockets/other_end.ts";
import { Forwarder } from "./forwarder.ts";
import { exampleCommand } from "./launched.ts";

/** Sends a line, and prints the answer. */
const CLIENT = `my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => shift) or die "$@";
  print $c "x\\n"; $c->flush; print <$c> || "nothing"`;

test("servers/fwdport breaks what comes back to itself, says so, and serves on with few descriptors", async () => {
  const port = freePort();
  const forwarder = await Forwarder.start("-l", `127.0.0.1:${port}`, "-r", `localhost:${port}`);
  for (let i = 0; i < 3; i++) {
    await using client = new OtherEnd(["perl", "-MIO::Socket::INET", "-e", CLIENT, forwarder.port]);
    assertEquals(await client.prints(), "nothing");
  }
  assert(numbers(`/proc/${forwarder.pid}/fd`).length < 100);
  const lines = await forwarder.stop();
  const round = lines.filter((line) => line === "this is a connection of its own, as REMOTE leads back to LOCAL");
  assert(round.length >= 3, lines.join("\n"));
}, { needs: ["perl"] });

/** A forwarder's client and its remote, where the kernel has a single port to give to those who connect. */
const SAME_PORT = `use IO::Socket::INET; $| = 1;
  open my $range, ">", "/proc/sys/net/ipv4/ip_local_port_range" or die $!;
  print $range "40000 40000"; close $range or die $!;
  my $remote = IO::Socket::INET->new(LocalAddr => "127.0.0.1:5001", Listen => 1) or die "$@";
  my $pid = open my $forwarder, "-|", @ARGV, "-l", "127.0.0.1:5000", "-r", "127.0.0.1:5001" or die $!;
  <$forwarder>;
  my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1:5000") or die "$@";
  my $served = $remote->accept;
  print $served "hello\n"; close $served;
  print $client->sockport, " ", <$client> // "nothing";
  kill TERM => $pid; print <$forwarder> =~ /of its own/ ? "refused" : "served"`;

worldTest("servers/fwdport has clients whose port is that of their connection to the remote", async () => {
  await using ends = new OtherEnd(inWorld(["perl", "-e", SAME_PORT, ...exampleCommand("servers/fwdport")]));
  assertEquals(await ends.prints(), "40000 hello\nserved");
}, ["perl"]);
