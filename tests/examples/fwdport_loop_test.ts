/** The forwarder whose remote is itself. */
import { assert, assertEquals, test } from "../support/mod.ts";
import { numbers } from "../support/proc.ts";
import { freePort, OtherEnd } from "../sockets/other_end.ts";
import { Forwarder } from "./forwarder.ts";

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
