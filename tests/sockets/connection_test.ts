import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { localSignal } from "../../lib/signals/mod.ts";
import { Connection, poll, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { Pair, STREAMS } from "./connections.ts";
import { pattern, text } from "./loopback.ts";

test("Connection is made of a connected stream alone, and says what is wrong with its options", () => {
  using datagrams = socket("PF_INET", "SOCK_DGRAM");
  assertThrows(() => new Connection(datagrams), TypeError, "SOCK_DGRAM");
  using stream = socket("PF_INET", "SOCK_STREAM");
  assertThrows(() => new Connection(stream, { lineEnd: "" }), TypeError, "not empty");
  assertThrows(() => new Connection(stream, { autoflush: 1 as unknown as boolean }), TypeError, "autoflush");
  assert(!stream.closed);
});

for (const domain of STREAMS) {
  test(`Connection of ${domain}: a half that is shut down leaves the other alone, in all three kinds`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    await client.print("last words");
    await client.shutdown(1);
    assertEquals([await server.readLine(), await server.readLine()], ["last words", null]);
    await assertRejects(() => client.print("more"), SyscallError, "EPIPE");
    await server.writeLine("still here");
    assertEquals(await client.readLine(), "still here");
    const waiting = client.readLine();
    await client.shutdown("read");
    assertEquals(await waiting, null);
    const other = new Pair(domain);
    using _other = other;
    const reading = other.client.readLine();
    await other.client.shutdown("both");
    assertEquals([await reading, await other.server.readLine()], [null, null]);
    await assertRejects(() => other.client.writeLine("x"), SyscallError, "EPIPE");
    await assertRejects(() => server.shutdown("all" as "both"), TypeError, '"all"');
  });

  test(`Connection of ${domain}: its streams begin with what waits in the buffer, and the calls go on after them`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    await client.print("Length: 4\n\nbodynext line\n");
    assertEquals([await server.readLine(), await server.readLine()], ["Length: 4", ""]);
    const reader = server.readable.getReader({ mode: "byob" });
    assertEquals(text((await reader.read(new Uint8Array(4))).value!), "body");
    reader.releaseLock();
    assertEquals(await server.readLine(), "next line");
    const sent = pattern(300_000);
    const writer = server.writable.getWriter();
    const writing = writer.write(sent).then(() => writer.close());
    assertEquals(new Uint8Array(await new Response(client.readable).arrayBuffer()), sent);
    await writing;
    await client.closeWrite();
    assertEquals(await server.readable.readInto(new Uint8Array(9)), null);
  });

  test(`Connection of ${domain}: an aborted stream ends its write at once, and what it had written`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const writer = client.writable.getWriter();
    writer.closed.catch(() => {});
    const writing = writer.write(new Uint8Array(20_000_000));
    const reason = new Error("changed my mind");
    await writer.abort(reason);
    assertEquals(await writing.catch((error) => error), reason);
    assertEquals((await server.readAll()).length, client.bytesWritten);
    await server.readable.cancel();
    assertEquals(await server.readLine(), null);
  });

  test(`Connection of ${domain}: poll() sees what waits in the buffer, and that of its stream`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    const ready = async (timeout: number) => (await poll([server], { timeout })).ready.length;
    assertEquals(await ready(0), 0);
    await client.print("one\ntwo\n");
    assertEquals(await ready(5_000), 1);
    assertEquals([await server.readLine(), await ready(0)], ["one", 1]);
    assertEquals([await server.readLine(), await ready(0)], ["two", 0]);
    await client.closeWrite();
    assertEquals([await ready(5_000), await server.readLine(), await ready(0)], [1, null, 1]);
  });

  test(`Connection of ${domain}: closing rejects whatever waits, and twice does nothing`, async () => {
    using pair = new Pair(domain);
    const { client, server } = pair;
    await server.print("unread");
    const waiting: Promise<unknown>[] = [client.readUntil("never"), client.readLine()];
    waiting.push(client.write(new Uint8Array(20_000_000)), client.print("behind it"), client.flush());
    client.close();
    await Promise.all(waiting.map((one) => assertRejects(() => one, ClosedError)));
    client.close();
    client.reset();
    await client[Symbol.asyncDispose]();
    assert(client.closed);
    const calls: (() => Promise<unknown>)[] = [
      () => client.readLine(),
      () => client.print("x"),
      () => client.shutdown(),
    ];
    for (const call of calls) await assertRejects(call, ClosedError);
    client.autoflush = false;
  });
}

test("Connection: whatever is given up at whatever stage leaves nothing behind", async () => {
  using pair = new Pair("PF_INET");
  const { client, server } = pair;
  const stages: ((options: { signal: AbortSignal }) => Promise<unknown>)[] = [
    (options) => client.readLine(options),
    (options) => client.readUntil("behind another", options),
    (options) => client.receiveUrgent(options),
    (options) => client.write(new Uint8Array(20_000_000), options),
    (options) => client.print("behind it", options),
    (options) => client.flush(options),
    (options) => client.sendUrgent(1, options),
  ];
  const controller = new AbortController();
  const waiting = stages.map((stage) => stage(controller).catch((reason) => reason));
  controller.abort("enough");
  assertEquals(await Promise.all(waiting), stages.map(() => "enough"));
  const reading = server.readAll();
  client.autoflush = false;
  await client.print("one more line\n");
  await client.closeWrite();
  assertEquals(text((await reading).subarray(20_000_000)), "one more line\n");
});

test("Connection: a reset in the middle is told once, after what came before it; a write is EPIPE, and no signal", async () => {
  using _default = localSignal("SIGPIPE", "DEFAULT");
  using pair = new Pair("PF_INET");
  const { client, server } = pair;
  await server.print("whole\nhalf");
  assertEquals(await client.readLine(), "whole");
  const waiting = client.readLine();
  server.reset();
  assertEquals((await assertRejects(() => waiting, SyscallError)).code, "ECONNRESET");
  for (let i = 0; i < 2; i++) {
    assertEquals((await assertRejects(() => client.print("x"), SyscallError)).code, "EPIPE");
  }
  assertEquals([await client.readLine(), await client.readLine()], ["half", null]);
  assertEquals("port" in client.remoteAddr && client.remoteAddr.port > 0, true);
});

test("Connection: a writer that meets the reset first leaves it to the reader", async () => {
  using pair = new Pair("PF_INET");
  const { client, server } = pair;
  await server.print("answer");
  server.reset();
  await poll([{ source: client.fd, read: true }], { timeout: 5_000 });
  for (let i = 0; i < 2; i++) {
    assertEquals((await assertRejects(() => client.print("x"), SyscallError)).code, "EPIPE");
  }
  assertEquals(text(await client.readBytes(6)), "answer");
  assertEquals((await assertRejects(() => client.readAll(), SyscallError)).code, "ECONNRESET");
  assertEquals(await client.readAll(), new Uint8Array(0));
});

test("Connection: disposing sends what was collected, and close() what there is room for", async () => {
  for (const end of ["dispose", "close"]) {
    using pair = new Pair("PF_UNIX", { autoflush: false });
    const { client, server } = pair;
    await client.print("collected");
    assertEquals(client.bytesWritten, 0);
    if (end === "close") client.close();
    else await client[Symbol.asyncDispose]();
    assertEquals(text(await server.readAll()), "collected");
  }
  using pair = new Pair("PF_UNIX", { autoflush: false });
  await pair.client.print("for nobody");
  pair.server.close();
  await assertRejects(() => pair.client[Symbol.asyncDispose](), SyscallError, "EPIPE");
  assert(pair.client.closed);
});

test("Connection: urgent data overtakes, its mark is where it stood, and the end of the peer is told", async () => {
  using pair = new Pair("PF_INET");
  const { client, server } = pair;
  await assertRejects(() => server.receiveUrgent({ timeout: 5 }), DOMException, "5 ms");
  const urgent = server.receiveUrgent();
  client.autoflush = false;
  await client.print("before");
  await client.sendUrgent(33);
  client.autoflush = true;
  await client.print("behind");
  assertEquals([await urgent, server.atMark()], [33, false]);
  const room = new Uint8Array(100);
  assertEquals([await server.read(room), text(room.subarray(0, 6)), server.atMark()], [6, "before", true]);
  assertEquals([text(await server.readBytes(6)), server.atMark()], ["behind", false]);
  const waiting = server.receiveUrgent();
  await client.closeWrite();
  await assertRejects(() => waiting, Deno.errors.UnexpectedEof);
  await assertRejects(() => client.sendUrgent(256), RangeError, "256");
  server.socket.setOption("SO_OOBINLINE", true);
  await assertRejects(() => server.receiveUrgent(), SyscallError, "EINVAL");
});

test("Connection of a Unix socket has no urgent data", async () => {
  using pair = new Pair("PF_UNIX");
  await assertRejects(() => pair.client.sendUrgent(1), TypeError, "TCP");
  await assertRejects(() => pair.client.receiveUrgent(), TypeError, "TCP");
  assertThrows(() => pair.client.atMark(), TypeError, "TCP");
});
