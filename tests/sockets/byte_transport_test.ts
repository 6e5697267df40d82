import { SyscallError } from "../../lib/core/mod.ts";
import { SocketTransport } from "../../lib/sockets/byte_transport.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";
import { STREAMS } from "./connections.ts";
import { bytes, Connection as Sockets } from "./loopback.ts";

for (const domain of STREAMS) {
  test(`SocketTransport of ${domain}: what needs no wait is a number, and all is counted`, async () => {
    using pair = new Sockets(domain, "SOCK_STREAM");
    const client = new SocketTransport(pair.client);
    const server = new SocketTransport(pair.server);
    const room = new Uint8Array(10);
    const waiting = server.read(room, {});
    assert(waiting instanceof Promise);
    assertEquals(client.write(bytes("abc"), {}), 3);
    assertEquals(await waiting, 3);
    assertEquals([client.bytesWritten, server.bytesRead, server.read(new Uint8Array(0), {})], [3, 3, 0]);
    pair.client.shutdown("write");
    assertEquals([await server.read(room, {}), await server.read(room, {})], [0, 0]);
  });

  test(`SocketTransport of ${domain}: a full peer is waited for, and what is given up has sent nothing`, async () => {
    using pair = new Sockets(domain, "SOCK_STREAM");
    const client = new SocketTransport(pair.client);
    while (typeof client.send(new Uint8Array(1_000_000)) === "number");
    const { bytesWritten } = client;
    await assertRejects(async () => await client.write(bytes("x"), { timeout: 5 }), DOMException, "5 ms");
    assertEquals(client.bytesWritten, bytesWritten);
  });
}

test("SocketTransport: the error names the peer, or the socket if that has no name, and what was to be sent", async () => {
  using pair = new Sockets("PF_UNIX", "SOCK_STREAM");
  const { path } = pair.client.getpeername() as Deno.UnixAddr;
  const [client, server] = [pair.client, pair.server].map((one) => new SocketTransport(one));
  pair.server.shutdown("both");
  await assertRejects(async () => await client!.write(bytes("x"), {}), SyscallError, `send 1 byte to "${path}"`);
  await assertRejects(async () => await server!.write(bytes("x"), {}), SyscallError, "send 1 byte to socket");
});

test("SocketTransport: a peer that always has more lets other work have its turn", async () => {
  using pair = new Sockets("PF_UNIX", "SOCK_STREAM");
  const client = new SocketTransport(pair.client);
  const server = new SocketTransport(pair.server);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  for (let i = 0; turns === 0; i++) {
    assert(i < 10_000);
    await client.write(bytes("x"), {});
    assertEquals(await server.read(new Uint8Array(1), {}), 1);
  }
  clearInterval(timer);
});
