import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { localSignal } from "../../lib/signals/mod.ts";
import { poll, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, size, test } from "../support/mod.ts";
import { bytes, CONNECTED, Connection, pattern, portOf, sendAll } from "./loopback.ts";

for (const [domain] of CONNECTED.slice(0, 3)) {
  test(`SocketStreams of ${domain}: bytes go both ways, and each way has its own end`, async () => {
    using pair = new Connection(domain, "SOCK_STREAM");
    const writer = pair.client.writable.getWriter();
    await writer.write(bytes("there"));
    await writer.close();
    assertEquals(await new Response(pair.server.readable).text(), "there");
    const back = pair.server.writable.getWriter();
    await back.write(bytes("back"));
    await back.close();
    assertEquals(await new Response(pair.client.readable).text(), "back");
  });

  test(`SocketStreams of ${domain}: volume arrives whole`, async () => {
    using pair = new Connection(domain, "SOCK_STREAM");
    const sent = pattern(size(5_000_000));
    const writer = pair.client.writable.getWriter();
    const writing = writer.write(sent).then(() => writer.close());
    let at = 0;
    for await (const chunk of pair.server.readable) {
      assert(chunk.every((byte, i) => byte === sent[at + i]));
      at += chunk.length;
    }
    assertEquals(at, sent.length);
    await writing;
  });

  test(`SocketStreams of ${domain}: a peer that has gone is EPIPE or ECONNRESET, and no signal`, async () => {
    using pair = new Connection(domain, "SOCK_STREAM");
    using _default = localSignal("SIGPIPE", "DEFAULT");
    pair.server.close();
    const writer = pair.client.writable.getWriter();
    writer.closed.catch(() => {});
    const error = await assertRejects(async () => {
      for (;;) await writer.write(bytes("x"));
    }, SyscallError);
    assert(["EPIPE", "ECONNRESET"].includes(error.code), error.code);
    assert(error.message.startsWith("Cannot send to ") && error.address !== undefined, error.message);
  });
}

test("SocketStreams: a reset in the middle is an error of the reading, after what has come", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const peer = `127.0.0.1:${portOf(pair.client.getpeername())}`;
  const reader = pair.client.readable.getReader();
  await pair.server.send(bytes("half"));
  assertEquals((await reader.read()).value, bytes("half"));
  pair.server.setOption("SO_LINGER", 0);
  pair.server.close();
  const error = await assertRejects(() => reader.read(), SyscallError);
  assertEquals(
    [error.message, error.address, error.fd],
    [`Cannot receive from ${peer}: connection reset by peer (ECONNRESET, read)`, peer, pair.client.fd.number],
  );
});

test("SocketStreams: closing the socket rejects what waits, and leaves no descriptor", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const reading = pair.client.readable.getReader().read();
  const writer = pair.client.writable.getWriter();
  writer.closed.catch(() => {});
  const writing = writer.write(new Uint8Array(20_000_000));
  pair.client.close();
  for (const waiting of [reading, writing]) await assertRejects(() => waiting, ClosedError);
  assertThrows(() => pair.client.fd.number, ClosedError);
});

test("SocketStreams: what keeps its limits is no stream of bytes", () => {
  using one = socket("PF_INET", "SOCK_DGRAM");
  assertThrows(() => one.readable, TypeError, "SOCK_DGRAM");
  assertThrows(() => one.writable, TypeError, "SOCK_DGRAM");
});

test("SocketStreams: poll() counts what the stream has read ahead as readable", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const { client, server } = pair;
  const ready = async (timeout: number) => (await poll([server], { timeout })).ready;
  assertEquals(await ready(0), []);
  await client.send(bytes("ab"));
  assertEquals(await ready(5_000), [server]);
  const reader = server.readable.getReader({ mode: "byob" });
  assertEquals((await reader.read(new Uint8Array(1))).value, bytes("a"));
  assertEquals(await ready(5_000), [server]);
  assertEquals((await reader.read(new Uint8Array(1))).value, bytes("b"));
  assertEquals(await ready(0), []);
});

test("SocketStreams: a reset is the same error after volume, and of a Unix socket", async () => {
  for (const domain of ["PF_INET", "PF_UNIX"] as const) {
    using pair = new Connection(domain, "SOCK_STREAM");
    const { client, server } = pair;
    const reader = server.readable.getReader();
    const total = 8 * 1024 * 1024;
    const sending = sendAll(client, new Uint8Array(total));
    for (let came = 0; came < total;) came += (await reader.read()).value!.length;
    await sending;
    const next = reader.read();
    // What is closed with something unread is a reset.
    if (domain === "PF_UNIX") await server.send(new Uint8Array(1));
    else client.setOption("SO_LINGER", 0);
    client.close();
    const error = await assertRejects(() => next, SyscallError);
    assertEquals([error.code, error.message.includes("receive from")], ["ECONNRESET", true]);
  }
});
