import { addressText } from "../../lib/sockets/address.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { connect, listenDatagram } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, denoSource, test } from "../support/mod.ts";
import { Running } from "../examples/launched.ts";
import { bytes, portOf, text } from "./loopback.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

const PERL_SERVER = `use IO::Socket::INET; $| = 1;
  my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1") or die;
  print $s->sockport, "\\n"; $s->recv(my $m, 99); $s->send(uc $m)`;

test("connect() by UDP talks to a Perl program at a name, and hears nobody else", async () => {
  const perl = new Running(["perl", "-e", PERL_SERVER]);
  const port = (await perl.stdout.until(/\n/)).trim();
  // The port as text, as a user types it.
  using client = await connect({ transport: "udp", host: "localhost", port, family: "AF_INET", timeout: 5_000 });
  assertEquals(client.socket.getpeername(), { hostname: "127.0.0.1", port: Number(port), transport: "udp" });
  using stranger = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  await stranger.send(bytes("from a stranger"), client.addr);
  await client.send(bytes("hello"));
  assertEquals(text((await client.receive(undefined, { timeout: 5_000 }))[0]), "HELLO");
  await perl.end();
}, { needs: ["perl"] });

test("connect() by UDP makes a socket of the address's family, and says later that nobody is there", async () => {
  for (const hostname of ["127.0.0.1", "::1", "127.1"]) {
    const server = listenDatagram({ transport: "udp", hostname: hostname === "::1" ? "::1" : "127.0.0.1", port: 0 });
    using client = await connect({ transport: "udp", hostname, port: portOf(server.addr) });
    await client.send(new Uint8Array());
    assertEquals((await server.receive())[0].length, 0);
    server.close();
    await client.send(bytes("x"));
    const refused = await assertRejects(() => client.receive(undefined, { timeout: 5_000 }), SyscallError);
    assertEquals(refused.code, "ECONNREFUSED");
    // It tells whose address it is.
    assertEquals(refused.message.startsWith(`Cannot receive from ${addressText(client.socket.getpeername())}: `), true);
  }
});

test("connect() by UDP finds services of UDP, and refuses what is wrong before anything is asked", async () => {
  const at = { transport: "udp", host: "127.0.0.1" } as const;
  using client = await connect({ ...at, service: "no such service(4242)" });
  assertEquals(portOf(client.socket.getpeername()), 4242);
  await assertRejects(() => connect({ ...at, service: "no such service" }), SyscallError, "of udp: ");
  await assertRejects(() => connect(at), TypeError, "A port or a service is to be given");
  await assertRejects(() => connect({ ...at, port: 65_536 }), RangeError);
  await assertRejects(() => connect({ ...at, port: 9, timeout: -1 }), RangeError);
  await assertRejects(() => connect({ ...at, port: 9, family: "AF_INET6" }), TypeError);
  await assertRejects(() => connect({ ...at, port: 9, signal: AbortSignal.abort("no") }));
  const unknown = await assertRejects(() => connect({ ...at, host: "nowhere.invalid", port: 9 }), SyscallError);
  assertEquals(/^EAI_/.test(unknown.code), true, unknown.code);
});

test("connect() by UDP needs leave for the host as it is named", async () => {
  const source = `
    import { connect } from "vasty/lib/sockets/mod.ts";
    for (const host of ["localhost", "127.0.0.1"]) {
      try {
        using one = await connect({ transport: "udp", host, port: 9 });
        await one.send(new Uint8Array(1));
        console.log("sent");
      } catch (error) {
        console.log(error.message);
      }
    }`;
  const { stdout } = await denoSource(source, { flags: ["--allow-net=localhost:9"] });
  assertEquals(stdout, 'sent\nRequires net access to "127.0.0.1:9", run again with the --allow-net flag\n');
});

worldTest("connect() by UDP says that there is no way, to any of the addresses", async () => {
  const source = `
    for (const host of ["192.0.2.99", "holes"]) await tell(() => sockets.connect({ transport: "udp", host, port: 9 }));`;
  const script = 'ip route replace unreachable 198.51.100.0/24 && exec "$@"';
  const [none, all] = ["network is unreachable (ENETUNREACH", "no route to host (EHOSTUNREACH"];
  assertEquals(await linesInWorld(source, undefined, ["sh", "-c", script, "sh"]), [
    `SyscallError ENETUNREACH Cannot connect to 192.0.2.99:9: ${none}, connect)`,
    'ConnectError EHOSTUNREACH Cannot connect to "holes" port 9: all 2 addresses failed: ' +
    `198.51.100.1:9: ${all}, connect); 198.51.100.2:9: ${all}, connect)`,
  ]);
}, ["ip"]);
