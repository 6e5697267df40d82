import { cpuUsage } from "node:process";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { type DatagramSocket, listenDatagram } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { bytes, portOf, SocketFolder, text } from "./loopback.ts";

const here = () => listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
const unix = () => listenDatagram({ transport: "unixpacket" });

/** Send until there is no room; how many went. */
async function fill(from: DatagramSocket, to: DatagramSocket): Promise<number> {
  const messages = Array.from({ length: 100 }, (_, i) => ({ bytes: Uint8Array.of(i), address: to.addr }));
  return await from.sendMany(messages, { timeout: 20 });
}

/** Processor time of this program so far, in milliseconds. */
function used(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1_000;
}

/** All that is there. */
async function drain(from: DatagramSocket): Promise<number[]> {
  const seen: number[] = [];
  try {
    for (;;) seen.push((await from.receive(undefined, { timeout: 20 }))[0][0]!);
  } catch (error) {
    if ((error as Error).name !== "TimeoutError") throw error;
    return seen;
  }
}

test("DatagramSocket.send() goes to the address, or to the connected peer, until it is disconnected", async () => {
  using one = here();
  using two = here();
  using client = here();
  await client.connect(one.addr);
  await client.send(bytes("one"));
  await client.send(bytes("two"), two.addr);
  assertEquals([text((await one.receive())[0]), text((await two.receive())[0])], ["one", "two"]);
  await two.send(bytes("unheard"), client.addr);
  await one.send(bytes("heard"), client.addr);
  assertEquals(text((await client.receive())[0]), "heard");
  client.disconnect();
  assertEquals((await assertRejects(() => client.send(bytes("x")), SyscallError)).code, "EDESTADDRREQ");
  await two.send(bytes("heard"), { hostname: "127.0.0.1", port: portOf(client.addr) });
  assertEquals(text((await client.receive())[0]), "heard");
});

test("DatagramSocket.send() looks at what it gets before anything is sent", async () => {
  using one = here();
  const send = (data: unknown, address?: unknown) => () => one.send(data as Uint8Array<ArrayBuffer>, address as never);
  await assertRejects(send("text", one.addr), TypeError, "a Uint8Array");
  await assertRejects(send(bytes("x"), { path: "/x" }), TypeError, "A socket of AF_INET has no address such as");
  await assertRejects(send(bytes("x"), { hostname: "::1", port: 7 }), TypeError, "AF_INET");
  await assertRejects(send(bytes("x"), { hostname: "localhost", port: 7 }), TypeError, "Not an address");
  await assertRejects(send(bytes("x"), { hostname: "127.0.0.1", port: -1 }), RangeError, "A port is");
  await assertRejects(send(bytes("x"), "127.0.0.1:7"), TypeError, "An address is");
  const many = [{ bytes: bytes("x"), address: one.addr }, { bytes: bytes("y"), address: { path: "/x" } }];
  await assertRejects(() => one.sendMany(many), TypeError);
  assertEquals(await drain(one), []);
});

test("DatagramSocket.send() tells a path without a socket from a stale one", async () => {
  using folder = new SocketFolder();
  using one = unix();
  const path = folder.next();
  assertEquals((await assertRejects(() => one.send(bytes("x"), { path }), SyscallError)).code, "ENOENT");
  Deno.writeTextFileSync(path, "");
  const error = await assertRejects(() => one.send(bytes("x"), { path }), SyscallError);
  assertEquals([error.code, error.path], ["ECONNREFUSED", path]);
});

test("DatagramSocket.sendMany() sends all in their order, to many, and with none does nothing", async () => {
  using one = here();
  using two = here();
  using client = here();
  const messages = Array.from({ length: 200 }, (_, i) => ({
    bytes: i % 50 === 0 ? new Uint8Array(0) : Uint8Array.of(i),
    address: i % 3 === 0 ? one.addr : two.addr,
  }));
  assertEquals(await client.sendMany(messages), 200);
  const seen = { one: await drain(one), two: await drain(two) };
  const expected = (which: (i: number) => boolean) =>
    messages.flatMap(({ bytes }, i) => which(i) ? [bytes[0]] : []) as number[];
  assertEquals(seen, { one: expected((i) => i % 3 === 0), two: expected((i) => i % 3 !== 0) });
  assertEquals(await client.sendMany([]), 0);
  await client.connect(one.addr);
  assertEquals(
    await client.sendMany([{ bytes: bytes("a") }, { bytes: bytes("b"), address: two.addr }, { bytes: bytes("c") }]),
    3,
  );
  assertEquals([await drain(one), await drain(two)], [[97, 99], [98]]);
});

test("DatagramSocket.sendMany() tells how many went before one was refused, and why, if none did", async () => {
  using one = here();
  const good = { bytes: bytes("x"), address: one.addr };
  const bad = { bytes: new Uint8Array(65_508), address: one.addr };
  assertEquals(await one.sendMany([good, good, bad, good]), 2);
  const error = await assertRejects(
    () => one.sendMany([bad, good]),
    SyscallError,
    "Cannot send 65508 bytes to 127.0.0.1:",
  );
  assertEquals([error.code, error.syscall], ["EMSGSIZE", "sendmmsg"]);
  assertEquals((await drain(one)).length, 2);
});

test("DatagramSocket.send() to a full Unix datagram socket waits without spinning, and goes on when it is read", async () => {
  using reader = unix();
  using writer = unix();
  const sent = await fill(writer, reader);
  assert(sent > 0 && sent < 100);
  const before = used();
  const sending = [
    writer.send(Uint8Array.of(98), reader.addr),
    writer.sendMany([{ bytes: Uint8Array.of(99), address: reader.addr }]),
  ];
  await assertRejects(() => writer.send(Uint8Array.of(97), reader.addr, { timeout: 200 }), DOMException, "200 ms");
  assert(used() - before < within(100), `${used() - before} ms of work while it waited`);
  const seen = await drain(reader);
  assertEquals(await Promise.all(sending), [1, 1]);
  assertEquals(seen.slice(0, sent), Array.from({ length: sent }, (_, i) => i));
  assertEquals(seen.slice(sent).sort(), [98, 99]);
});

test("DatagramSocket.send() to a full peer ends when it is aborted, or either is closed", async () => {
  const reader = unix();
  const writer = unix();
  await fill(writer, reader);
  const to = reader.addr;
  const controller = new AbortController();
  const aborted = writer.send(bytes("x"), to, { signal: controller.signal });
  const orphan = writer.send(bytes("x"), to);
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  reader.close();
  assertEquals((await assertRejects(() => orphan, SyscallError)).code, "ECONNREFUSED");
  using other = unix();
  await fill(writer, other);
  const closing = [writer.send(bytes("x"), other.addr), writer.sendMany([{ bytes: bytes("x"), address: other.addr }])];
  writer.close();
  await Promise.all(closing.map((one) => assertRejects(() => one, ClosedError)));
});

test("DatagramSocket.send() to a full connected peer waits as well", async () => {
  using reader = unix();
  using writer = unix();
  await writer.connect(reader.addr);
  const messages = Array.from({ length: 100 }, (_, i) => ({ bytes: Uint8Array.of(i) }));
  const sent = await writer.sendMany(messages, { timeout: 20 });
  const rest = writer.sendMany(messages.slice(sent));
  const seen: number[] = [];
  while (seen.length < 100) for (const { bytes } of await reader.receiveMany()) seen.push(bytes[0]!);
  assertEquals([await rest, seen], [100 - sent, messages.map((_, i) => i)]);
});
