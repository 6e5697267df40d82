import { ClosedError, Fd, SyscallError } from "../../lib/core/mod.ts";
import { socketpair } from "../../lib/pipes/mod.ts";
import { DatagramSocket, listenDatagram, poll, sendFds, socket, type SocketAddress } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, count, denoSource, test, within } from "../support/mod.ts";
import { bytes, DATAGRAMS, pattern, SocketFolder, text } from "./loopback.ts";

/** A socket with a name. */
function bound(folder: SocketFolder, domain: (typeof DATAGRAMS)[number][0]): DatagramSocket {
  const address = folder.address(domain);
  if ("path" in address) return listenDatagram({ transport: "unixpacket", path: address.path });
  return listenDatagram({ ...address, transport: "udp" });
}

for (const [domain] of DATAGRAMS) {
  test(`DatagramSocket of ${domain}: datagrams, empty ones too, come whole, with who has sent them`, async () => {
    using folder = new SocketFolder();
    using one = bound(folder, domain);
    using other = bound(folder, domain);
    const buffer = new Uint8Array(100);
    for (const data of [bytes("hello"), new Uint8Array(0), pattern(1_400)]) {
      assertEquals(await one.send(data, other.addr), data.length);
      const [received, from] = await other.receive();
      assertEquals([received, from], [data, one.addr]);
      assertEquals(received.buffer.byteLength, data.length);
    }
    await one.send(bytes("into"), other.addr);
    const [part] = await other.receive(buffer);
    assertEquals([text(part), part.buffer === buffer.buffer], ["into", true]);
    await one.send(new Uint8Array(0), other.addr);
    assertEquals((await other.receive(buffer))[0].length, 0);
  });

  test(`DatagramSocket.receive() of ${domain} says that a datagram did not fit, and goes on with the next`, async () => {
    using folder = new SocketFolder();
    using one = bound(folder, domain);
    using other = bound(folder, domain);
    await one.send(pattern(300), other.addr);
    await one.send(bytes("next"), other.addr);
    const buffer = new Uint8Array(100);
    const error = await assertRejects(
      () => other.receive(buffer),
      SyscallError,
      "Cannot receive 300 bytes into 100 from ",
    );
    assertEquals([error.code, buffer], ["EMSGSIZE", pattern(100)]);
    assertEquals(text((await other.receive(buffer))[0]), "next");
    await one.send(pattern(300), other.addr);
    const { bytes: cut, length, truncated, address } = await other.receiveDatagram({ room: 100 });
    assertEquals([cut, length, truncated, address], [pattern(100), 300, true, one.addr]);
    await one.send(pattern(300), other.addr);
    const whole = await other.receiveDatagram();
    assertEquals([whole.bytes.length, whole.length, whole.truncated], [300, 300, false]);
  });

  test(`DatagramSocket.receiveMany() of ${domain} takes what is there and waits for the first alone`, async () => {
    using folder = new SocketFolder();
    using one = bound(folder, domain);
    using two = bound(folder, domain);
    using other = bound(folder, domain);
    const waiting = other.receiveMany();
    await one.send(bytes("a"), other.addr);
    assertEquals((await waiting).map((datagram) => text(datagram.bytes)), ["a"]);
    for (const [from, data] of [[one, "b"], [one, ""], [two, "long"], [one, "d"]] as const) {
      await from.send(bytes(data), other.addr);
    }
    const three = await other.receiveMany({ max: 3, room: 2 });
    const seen = three.map(({ bytes, length, truncated, address }) => [text(bytes), length, truncated, address]);
    assertEquals(seen, [["b", 1, false, one.addr], ["", 0, false, one.addr], ["lo", 4, true, two.addr]]);
    assertEquals((await other.receiveMany()).length, 1);
  });
}

test("DatagramSocket: 65,507 bytes fit UDP, 65,508 are refused", async () => {
  using one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  assertEquals(await one.send(pattern(65_507), one.addr), 65_507);
  assertEquals((await one.receive())[0], pattern(65_507));
  const said = `Cannot send 65508 bytes to 127.0.0.1:`;
  assertEquals(
    (await assertRejects(() => one.send(new Uint8Array(65_508), one.addr), SyscallError, said)).code,
    "EMSGSIZE",
  );
  await assertRejects(() => one.sendMany([{ bytes: new Uint8Array(65_508), address: one.addr }]), SyscallError, said);
});

test("DatagramSocket.receive() has room for Unix datagrams that are longer than those of UDP", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  await one.send(pattern(150_000), one.addr);
  assertEquals((await one.receive())[0], pattern(150_000));
  await one.send(pattern(150_000), one.addr);
  const { bytes: received, truncated } = await one.receiveDatagram();
  assertEquals([received, truncated], [pattern(150_000), false]);
});

test("DatagramSocket: what was given up has taken nothing, and ends at once", async () => {
  using one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const calls = [
    () => one.receive(undefined, LIMITS),
    () => one.receiveDatagram(LIMITS),
    () => one.receiveMany(LIMITS),
  ];
  const controller = new AbortController();
  const LIMITS = { signal: controller.signal };
  const begun = performance.now();
  const waiting = calls.map((call) => call());
  await assertRejects(() => one.receive(undefined, { timeout: 10 }), DOMException, "10 ms");
  controller.abort(new Error("enough"));
  await Promise.all(waiting.map((one) => assertRejects(() => one, Error, "enough")));
  for (const call of calls) await assertRejects(call, Error, "enough");
  assert(performance.now() - begun < within(100));
  await one.send(bytes("kept"), one.addr);
  await assertRejects(() => one.receive(undefined, LIMITS), Error, "enough");
  assertEquals(text((await one.receive(undefined, { timeout: within(1_000) }))[0]), "kept");
  await assertRejects(() => one.receive(undefined, { timeout: -1 }), RangeError);
  await assertRejects(() => one.send(bytes("x"), one.addr, LIMITS), Error, "enough");
});

test("DatagramSocket: closing ends what waits, and loops; a closed one says so", async () => {
  const one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const { addr } = one;
  const seen: [string, SocketAddress][] = [];
  const loop = (async () => {
    for await (const [data, from] of one) {
      seen.push([text(data), from]);
      if (seen.length === 2) one.close();
    }
  })();
  await one.send(bytes("1"), addr);
  await one.send(bytes("2"), addr);
  await loop;
  assertEquals(seen, [["1", addr], ["2", addr]]);
  assertEquals([one.closed, one.addr], [true, addr]);
  await assertRejects(() => one.receive(), ClosedError);
  await assertRejects(() => one.send(bytes("3"), addr), ClosedError);
  for await (const _ of one) throw new Error("nothing comes from a closed one");
  const other = listenDatagram({ transport: "unixpacket" });
  const waiting = [other.receive(), other.receiveMany(), other[Symbol.asyncIterator]().next()];
  other.close();
  for (const one of waiting.slice(0, 2)) await assertRejects(() => one, ClosedError);
  assertEquals(await waiting[2], { value: undefined, done: true });
});

test("DatagramSocket that is connected hears of a peer that is gone once, and goes on", async () => {
  using gone = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const { addr } = gone;
  gone.close();
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  await client.connect(addr);
  await client.send(bytes("anybody?"));
  assertEquals((await assertRejects(() => client.receive(), SyscallError)).code, "ECONNREFUSED");
  await assertRejects(() => client.receive(undefined, { timeout: 10 }), DOMException);
  await client.send(bytes("anybody?"));
  assertEquals((await assertRejects(() => client.send(bytes("well?")), SyscallError)).code, "ECONNREFUSED");
  using late = listenDatagram({ ...addr as Deno.NetAddr, transport: "udp" });
  await client.send(bytes("you"));
  assertEquals(text((await late.receive())[0]), "you");
});

test("DatagramSocket is made of datagram sockets alone, and of descriptors after a look at them", async () => {
  using stream = socket("PF_INET", "SOCK_STREAM");
  assertThrows(() => new DatagramSocket(stream), TypeError, "not of SOCK_STREAM");
  assertThrows(() => DatagramSocket.fromFd(stream.fd), TypeError, "not a datagram socket");
  assertEquals(stream.closed, false);
  using file = Fd.adopt(stream.fd.duplicate().release());
  assertThrows(() => DatagramSocket.fromFd(file.number), TypeError);
  assertThrows(() => DatagramSocket.fromFd(-1), RangeError);
  const [left, right] = socketpair({ type: "datagram" });
  using one = DatagramSocket.fromFd(left.fd);
  using other = DatagramSocket.fromFd(right.fd.release());
  assertEquals([left.fd.closed, one.addr], [true, { transport: "unixpacket", path: "" }]);
  const waiting = other.receive();
  await one.send(bytes("hello"));
  const [data, from] = await waiting;
  assertEquals([text(data), from], ["hello", { transport: "unixpacket", path: "" }]);
});

test("DatagramSocket keeps none of the descriptors that come with a datagram", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  const [left, right] = socketpair();
  using sender = listenDatagram({ transport: "unixpacket" });
  await sender.connect(one.addr);
  for (const receive of [() => one.receive(), () => one.receiveDatagram(), () => one.receiveMany()]) {
    await sendFds(sender.fd, [left.fd], bytes("x"));
    await receive();
  }
  left.close();
  // Nobody has the other end any more.
  assertEquals(await new Response(right.readable).text(), "");
  right.close();
});

test("DatagramSocket.receive() at the same time: each gets a datagram of its own, in the order of the calls", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  using two = listenDatagram({ transport: "unixpacket" });
  const buffers = Array.from({ length: 3 }, () => new Uint8Array(8));
  const waiting = [...buffers.map((buffer) => one.receive(buffer)), one.receive()];
  for (const [i, from] of [one, two, one, two].entries()) await from.send(bytes(`${i}`), one.addr);
  const received = await Promise.all(waiting);
  assertEquals(received.map(([data, from]) => [text(data), from]), [
    ["0", one.addr],
    ["1", two.addr],
    ["2", one.addr],
    ["3", two.addr],
  ]);
});

test("DatagramSocket lets timers run while datagrams never run out", async () => {
  using one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const to = one.addr;
  const receives = [() => one.receive(), () => one.receiveDatagram(), () => one.receiveMany()];
  for (const receive of receives) {
    let fired = false;
    const timer = setTimeout(() => fired = true, 1);
    const begun = performance.now();
    while (!fired && performance.now() - begun < within(1_000)) {
      await one.send(bytes("x"), to);
      await receive();
    }
    clearTimeout(timer);
    assert(fired);
  }
});

test("DatagramSocket is what poll() waits for", async () => {
  using one = listenDatagram({ transport: "unixpacket" });
  assertEquals((await poll([one], { timeout: 0 })).readable, []);
  await one.send(bytes("x"), one.addr);
  assertEquals((await poll([one], { timeout: within(1_000) })).readable, [one]);
});

test("DatagramSocket that is not to hold the program lets it end while it waits", async () => {
  const { code, stderr } = await denoSource(
    `import { listenDatagram } from "vasty/mod.ts";
    const one = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const waiting = one.receive();
    one.unref();
    one.receive(undefined, { timeout: 60_000 });`,
    { flags: ["--allow-net"] },
  );
  assertEquals([code, stderr], [0, ""]);
});

test("DatagramSocket loses none of a million Unix datagrams, one and many at a call", async () => {
  using reader = listenDatagram({ transport: "unixpacket" });
  using writer = listenDatagram({ transport: "unixpacket" });
  const to = reader.addr;
  const half = count(500_000);
  const sending = (async () => {
    for (let i = 0; i < half; i++) await writer.send(new Uint8Array(Int32Array.of(i).buffer), to);
    for (let i = half; i < 2 * half; i += 100) {
      const messages = Array.from({ length: Math.min(100, 2 * half - i) }, (_, j) => ({
        bytes: new Uint8Array(Int32Array.of(i + j).buffer),
        address: to,
      }));
      assertEquals(await writer.sendMany(messages), messages.length);
    }
  })();
  const buffer = new Uint8Array(8);
  const view = new DataView(buffer.buffer);
  let next = 0;
  while (next < half / 2) {
    assertEquals((await reader.receive(buffer))[0].length, 4);
    if (view.getInt32(0, true) !== next++) throw new Error(`${view.getInt32(0, true)} came instead of ${next - 1}`);
  }
  while (next < 2 * half) {
    for (const { bytes } of await reader.receiveMany({ room: 8 })) {
      const number = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
      if (number !== next++) throw new Error(`${number} came instead of ${next - 1}`);
    }
  }
  await sending;
});
