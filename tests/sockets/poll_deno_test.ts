/** poll() over what Deno itself has made. */
import { ClosedError } from "../../lib/core/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { poll, pollSync, setSocketOption, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test, within } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";
import { both, Pipes, registered } from "./polled.ts";

const LIMIT = { timeout: within(5_000) };

/** A listener of Deno's, and both ends of a connection. */
class DenoPair implements Disposable {
  readonly listener: Deno.TcpListener;
  readonly client: Deno.TcpConn;
  readonly server: Deno.TcpConn;

  private constructor(listener: Deno.TcpListener, client: Deno.TcpConn, server: Deno.TcpConn) {
    this.listener = listener;
    this.client = client;
    this.server = server;
  }

  static async open(hostname: string): Promise<DenoPair> {
    const listener = Deno.listen({ hostname, port: 0 });
    const accepting = listener.accept();
    const client = await Deno.connect({ hostname, port: listener.addr.port });
    return new DenoPair(listener, client, await accepting);
  }

  [Symbol.dispose](): void {
    for (const one of [this.listener, this.client, this.server]) {
      try {
        one.close();
      } catch {
        // The test has closed it.
      }
    }
  }
}

for (const hostname of ["127.0.0.1", "::1"]) {
  test(`poll() waits for Deno's listeners and connections by ${hostname}, a child, and a number`, async () => {
    using pair = await DenoPair.open(hostname);
    const { listener, client, server } = pair;
    await using child = spawn(["cat"], { stdin: "piped" });
    using pipes = new Pipes(1);
    const before = registered();
    const sources = [client, server, listener, child, pipes.all[0]!.reader.number];
    assertEquals((await poll(sources, { timeout: 10 })).ready, []);
    const reading = poll(sources, LIMIT);
    await client.write(new Uint8Array(3));
    assert((await reading).readable[0] === server);
    assert((await both(sources)).ready[0] === server);
    await server.read(new Uint8Array(9));
    const accepting = poll(sources, LIMIT);
    using second = await Deno.connect({ hostname, port: listener.addr.port });
    assert((await accepting).readable[0] === listener);
    (await listener.accept()).close();
    assertEquals((await both([{ source: second, write: true }])).writable.length, 1);
    assertEquals(registered(), before);
  });
}

test("poll() sees the end and a reset of Deno's connection, and that it was closed", async () => {
  using pair = await DenoPair.open("127.0.0.1");
  const { client, server } = pair;
  const waiting = poll([client], LIMIT);
  setSocketOption(server, "SO_LINGER", 0);
  server.close();
  const { readable, failed, hungUp } = await waiting;
  assertEquals([readable.length, failed.length, hungUp.length], [1, 1, 1]);
  for (const one of [server, client]) {
    if (one === client) client.close();
    await assertRejects(() => poll([one], LIMIT), ClosedError);
    assertThrows(() => pollSync([one], LIMIT), ClosedError);
  }
});

test("poll() is not misled by a file that has got the number of Deno's closed connection", async () => {
  using pair = await DenoPair.open("127.0.0.1");
  const { listener, client, server } = pair;
  assertEquals((await poll([client, server, listener], { timeout: 0 })).ready, []);
  client.close();
  const others = Array.from({ length: 30 }, () => socket("PF_UNIX", "SOCK_DGRAM"));
  await assertRejects(() => poll([{ source: client, write: true }], LIMIT), ClosedError);
  others.forEach((one) => one.close());
});

test("poll() says that a connection of Deno's that is closed while it waits is closed, when its time is over", async () => {
  using pair = await DenoPair.open("127.0.0.1");
  const waiting = poll([pair.client], { timeout: 30 });
  pair.client.close();
  await assertRejects(() => waiting, ClosedError);
});

test("poll() takes Deno's Unix listener, and refuses its connection, which has no name", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  using listener = Deno.listen({ transport: "unix", path });
  const waiting = poll([listener], LIMIT);
  using client = await Deno.connect({ transport: "unix", path });
  assert((await waiting).readable[0] === listener);
  using server = await listener.accept();
  for (const one of [client, server]) {
    await assertRejects(() => poll([one], LIMIT), TypeError, "make it with socket()");
    assertThrows(() => pollSync([one], LIMIT), TypeError, "make it with socket()");
  }
});

test("poll() takes sockets of Deno's whose numbers are above 1024, and its datagram sockets", async () => {
  const { stdout, stderr } = await denoSource(
    `import { pipe, poll, pollSync } from "vasty/mod.ts";
     const { reader } = pipe();
     for (let last = 0; last < 1100;) last = reader.duplicate().number;
     const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
     const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
     console.log((await poll([listener])).readable[0] === listener);
     const server = await listener.accept();
     await client.write(new Uint8Array(1));
     console.log((await poll([reader, listener, client, server])).readable[0] === server);
     console.log(pollSync([client, server]).readable[0] === server);
     const one = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
     const waiting = poll([one, server, client].slice(0, 1));
     await one.send(new Uint8Array(1), one.addr);
     console.log((await waiting).readable[0] === one);
     Deno.exit();`,
    { under: ["prlimit", "--nofile=4096"], flags: ["--allow-net", "--unstable-net"] },
  );
  assertEquals([stdout, stderr], ["true\n".repeat(4), ""]);
}, { needs: ["prlimit"] });
