import { cpuUsage } from "node:process";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { localSignal } from "../../lib/signals/mod.ts";
import { addressText } from "../../lib/sockets/address.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, EMULATED, test, within } from "../support/mod.ts";
import {
  bytes,
  CONNECTED,
  Connection,
  DATAGRAMS,
  pattern,
  receiveAll,
  sendAll,
  SocketFolder,
  text,
} from "./loopback.ts";

for (const [domain, type] of CONNECTED) {
  test(`SocketReceiver of ${domain}, ${type}: what is given up takes nothing, within 50 ms`, async () => {
    using pair = new Connection(domain, type);
    const { client, server } = pair;
    const controller = new AbortController();
    const aborted = server.recv(100, { signal: controller.signal });
    const start = performance.now();
    controller.abort(new Error("enough"));
    await assertRejects(() => aborted, Error, "enough");
    await assertRejects(() => server.recvFrom(100, { timeout: 1 }), DOMException, "1 ms");
    await assertRejects(() => server.recvmsg(100, { timeout: 1 }), DOMException, "1 ms");
    assertThrows(() => server.recvSync(100, { timeout: 1 }), DOMException, "1 ms");
    assert(performance.now() - start < within(100));
    await client.send(bytes("all"));
    assertEquals(text(await server.recv(100)), "all");
  });

  test(`SocketReceiver of ${domain}, ${type}: closing it rejects what waits; its peer's end is none`, async () => {
    using pair = new Connection(domain, type);
    const waiting = [pair.server.recv(1), pair.server.recvFrom(1), pair.server.recvmsg(1)];
    pair.server.close();
    await Promise.all(waiting.map((one) => assertRejects(() => one, ClosedError)));
    assertEquals((await pair.client.recv(10)).length, 0);
    assertEquals(await pair.client.sysread(new Uint8Array(10)), 0);
    assertEquals((await pair.client.recvFrom(10)).bytes.length, 0);
  });
}

for (const [domain] of CONNECTED.slice(0, 3)) {
  test(`SocketReceiver of ${domain}: 200,000 bytes through partial writes arrive whole`, async () => {
    using pair = new Connection(domain, "SOCK_STREAM");
    const { client, server } = pair;
    client.setOption("SO_SNDBUF", 4_096);
    // With less of it TCP waits for timers of its own.
    server.setOption("SO_RCVBUF", 16_384);
    const sent = pattern(200_000);
    const first = await client.send(sent);
    assert(first < sent.length, `${first} went at once`);
    const sending = sendAll(client, sent.subarray(first)).then(() => client.shutdown("write"));
    assertEquals(await receiveAll(server), sent);
    await sending;
    assertEquals(await server.send(bytes("still")), 5);
    assertEquals(text(await client.recv(10)), "still");
  });
}

for (const domain of ["PF_INET", "PF_INET6"] as const) {
  test(`SocketReceiver of ${domain}: a reset is reported once; writing afterwards is EPIPE, and no signal`, async () => {
    using pair = new Connection(domain, "SOCK_STREAM");
    const peer = addressText(pair.client.getpeername());
    pair.server.setOption("SO_LINGER", 0);
    const waiting = pair.client.recv(10);
    pair.server.close();
    const error = await assertRejects(() => waiting, SyscallError);
    assertEquals(
      [error.message, error.address, error.fd, error instanceof Deno.errors.ConnectionReset],
      [`Cannot receive from ${peer}: connection reset by peer (ECONNRESET, recv)`, peer, pair.client.fd.number, true],
    );
    assertEquals((await pair.client.recv(10)).length, 0);
    using _default = localSignal("SIGPIPE", "DEFAULT");
    for (let i = 0; i < 2; i++) {
      const broken = await assertRejects(() => pair.client.send(bytes("x")), SyscallError);
      assertEquals([broken.code, broken instanceof Deno.errors.BrokenPipe], ["EPIPE", true]);
    }
  });
}

for (const [domain, type] of DATAGRAMS) {
  test(`SocketReceiver of ${domain}, ${type}: recvFrom() tells who has sent it and what was cut off`, async () => {
    using folder = new SocketFolder();
    using reader = folder.bound(domain, type);
    using writer = folder.bound(domain, type);
    const to = reader.getsockname();
    await writer.send(bytes("hello"), { to });
    await writer.send(new Uint8Array(0), { to });
    await writer.send(bytes("long"), { to });
    writer.sendSync(bytes("last"), { to });
    assertEquals(await reader.recvFrom(3), {
      bytes: bytes("hel"),
      length: 5,
      truncated: true,
      address: writer.getsockname(),
    });
    assertEquals(await reader.recvFrom(3), {
      bytes: bytes(""),
      length: 0,
      truncated: false,
      address: writer.getsockname(),
    });
    const buffer = new Uint8Array(4);
    assertEquals((await reader.recvFrom(buffer, { flags: ["MSG_PEEK"] })).bytes.buffer, buffer.buffer);
    assertEquals(text(reader.recvFromSync(10).bytes), "long");
    assertEquals(await reader.recv(buffer), 4);
    assertEquals(text(buffer), "last");
  });
}

test("SocketReceiver.recvFrom() of a socket without a name: an address without one", async () => {
  using folder = new SocketFolder();
  using reader = folder.bound("PF_UNIX", "SOCK_DGRAM");
  using writer = socket("PF_UNIX", "SOCK_DGRAM");
  await writer.connect(reader.getsockname());
  await writer.send(bytes("who"));
  assertEquals((await reader.recvFrom(9)).address, { transport: "unixpacket", path: "" });
});

test("SocketReceiver.recvSync() runs handlers of signals while it blocks", () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  let came = 0;
  using _local = localSignal("SIGUSR2", () => {
    came++;
    pair.client.sendSync(bytes("now"));
  });
  Deno.kill(Deno.pid, "SIGUSR2");
  assertEquals(text(pair.server.recvSync(10, { timeout: 5_000 })), "now");
  assertEquals(came, 1);
});

test("SocketReceiver takes numbers of bytes, buffers and flags, and nothing else", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const { server } = pair;
  for (const room of [-1, 1.5, NaN]) await assertRejects(() => server.recv(room), RangeError);
  await assertRejects(() => server.recv("9" as unknown as number), TypeError);
  await assertRejects(() => server.recv(9, { flags: ["MSG_TRUNC" as "MSG_OOB"] }), TypeError);
  await assertRejects(() => server.recvmsg(9, { controlRoom: -1 }), RangeError);
  await assertRejects(() => server.recv(9, { timeout: NaN }), RangeError);
  const error = await assertRejects(() => server.recv(9, { flags: ["MSG_DONTWAIT"] }), SyscallError);
  assertEquals(error.code, "EAGAIN");
  assertThrows(() => server.recvSync(9, { flags: ["MSG_OOB"] }), SyscallError, "EINVAL");
});

test("SocketReceiver: urgent data comes with MSG_OOB, or in its place", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const { client, server } = pair;
  await client.send(bytes("a!"), { flags: ["MSG_OOB"] });
  await client.send(bytes("b"));
  assertEquals(text(await server.recv(10)), "a");
  assertEquals(text(await server.recv(1, { flags: ["MSG_OOB"] })), "!");
  assertEquals(text(await server.recv(10)), "b");
});

test(
  "SocketReceiver: urgent data that was announced, and cannot come yet, is waited for without spinning",
  async () => {
    using listener = socket("PF_INET", "SOCK_STREAM");
    listener.setOption("SO_RCVBUF", 1);
    listener.bind({ hostname: "127.0.0.1", port: 0 });
    listener.listen();
    using client = socket("PF_INET", "SOCK_STREAM");
    await client.connect(listener.getsockname());
    using server = (await listener.accept()).socket;
    await sendAll(client, pattern(8_000));
    await client.send(bytes("!"), { flags: ["MSG_OOB"] });
    const urgent = { flags: ["MSG_OOB"] as const, timeout: 200 };
    // The kernel tells EINVAL until it has heard of it.
    const isAnnounced = () =>
      server.recv(1, { flags: ["MSG_OOB", "MSG_DONTWAIT"] }).catch(({ code }) => code === "EAGAIN");
    while (!await isAnnounced()) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = cpuUsage();
    for (
      const receive of [() => server.recv(1, urgent), () => server.recvFrom(1, urgent), () => server.recvmsg(1, urgent)]
    ) {
      await assertRejects(receive, DOMException, "200 ms");
    }
    assertThrows(() => server.recvSync(1, urgent), DOMException, "200 ms");
    const { user, system } = cpuUsage(before);
    assert(user + system < 400_000, `${(user + system) / 1_000} ms of work in 800 ms of waiting`);
    const waiting = server.recv(1, { flags: ["MSG_OOB"], timeout: within(10_000) });
    for (let left = 8_000; left > 0;) left -= (await server.recv(left)).length;
    assertEquals(text(await waiting), "!");
  },
  { skip: EMULATED && "the processor time of the emulator says nothing" },
);
