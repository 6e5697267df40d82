import { connect, Connection, listen, Socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, count, test } from "../support/mod.ts";
import { openDescriptors } from "../../ffi/dirent.ts";
import { bytes, SocketFolder, text } from "./loopback.ts";

test("connect() gives a Connection by TCP and to a Unix socket, with its options", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  for (const where of [{ hostname: "127.0.0.1" }, { path }]) {
    using listener = await listen(where);
    const whom = "path" in where ? where : { host: "localhost", port: (listener.addr as Deno.NetAddr).port };
    using client = await connect({ ...whom, autoflush: false, lineEnd: "\n", timeout: 5_000 });
    using server = await listener.accept();
    assert(client instanceof Connection && !client.autoflush);
    await client.writeLine("collected");
    await client.flush();
    assertEquals(await server.readLine(), "collected");
    assertEquals(client.remoteAddr, server.localAddr);
  }
});

test("connect() gives a Socket for packets", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_SEQPACKET");
  const { path } = listener.getsockname() as Deno.UnixAddr;
  using client = await connect({ path, type: "seqpacket" });
  using server = (await listener.accept()).socket;
  assert(client instanceof Socket);
  await client.send(bytes("one"));
  await client.send(bytes("two"));
  assertEquals([text(await server.recv(100)), text(await server.recv(100))], ["one", "two"]);
});

test("connect() refuses wrong options before it connects", async () => {
  using folder = new SocketFolder();
  using listener = await listen({ path: folder.next() });
  const { path } = listener.addr as Deno.UnixAddr;
  await assertRejects(() => connect({ path, type: "dgram" as "stream" }), TypeError);
  await assertRejects(() => connect({ path, lineEnd: "" }), TypeError);
  await assertRejects(() => connect({ port: 1, autoflush: 1 as unknown as boolean }), TypeError);
  await assertRejects(() => listener.accept({ timeout: 10 }), DOMException, "10 ms");
});

test("connect() and Listener.accept() 100,000 times leave nothing open", async () => {
  using folder = new SocketFolder();
  using unix = await listen({ path: folder.next() });
  using tcp = await listen({ hostname: "127.0.0.1" });
  const { path } = unix.addr as Deno.UnixAddr;
  const { port } = tcp.addr as Deno.NetAddr;
  const once = async (at: number) => {
    const overTcp = at % 10 === 0;
    const client = await connect(overTcp ? { port } : { path });
    const server = await (overTcp ? tcp : unix).accept();
    // A port that was closed in the ordinary way would be kept for a minute.
    overTcp ? client.reset() : client.close();
    server.close();
  };
  await once(0);
  await once(1);
  const before = openDescriptors();
  for (let at = 0; at < count(100_000); at++) await once(at);
  assertEquals(openDescriptors(), before);
});
