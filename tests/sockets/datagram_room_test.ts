import { cpuUsage } from "node:process";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { type Socket, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, count, test, within } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

/** Send until there is no room; how many went. */
function fill(from: Socket, to: Socket): number {
  for (let sent = 0;; sent++) {
    try {
      from.sendSync(new Uint8Array(8), { to: to.getsockname(), flags: ["MSG_DONTWAIT"] });
    } catch (error) {
      if ((error as SyscallError).code !== "EAGAIN") throw error;
      return sent;
    }
  }
}

/** Processor time of this program so far, in milliseconds. */
function used(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1_000;
}

test("Socket.send() to a full Unix datagram socket waits without spinning, and goes on when it is read", async () => {
  using folder = new SocketFolder();
  using reader = folder.bound("PF_UNIX", "SOCK_DGRAM");
  using writer = socket("PF_UNIX", "SOCK_DGRAM");
  const sent = fill(writer, reader);
  const to = reader.getsockname();
  const before = used();
  const sending = writer.send(Uint8Array.of(9), { to });
  sending.catch(() => {});
  await assertRejects(() => writer.send(Uint8Array.of(8), { to, timeout: 300 }), DOMException, "300 ms");
  assert(used() - before < within(150), `${used() - before} ms of work while it waited`);
  for (let i = 0; i < sent; i++) assertEquals((await reader.recv(16)).length, 8);
  assertEquals(await sending, 1);
  assertEquals([...await reader.recv(16)], [9]);
});

test("Socket.sendSync() to a full Unix datagram socket keeps its limit", () => {
  using folder = new SocketFolder();
  using reader = folder.bound("PF_UNIX", "SOCK_DGRAM");
  using writer = socket("PF_UNIX", "SOCK_DGRAM");
  fill(writer, reader);
  assertThrows(
    () => writer.sendSync(Uint8Array.of(1), { to: reader.getsockname(), timeout: 20 }),
    DOMException,
    "20 ms",
  );
});

test("Socket.send() to a full Unix datagram socket ends when either is closed, or it is aborted", async () => {
  using folder = new SocketFolder();
  using reader = folder.bound("PF_UNIX", "SOCK_DGRAM");
  const to = reader.getsockname();
  using writer = socket("PF_UNIX", "SOCK_DGRAM");
  fill(writer, reader);
  const other = socket("PF_UNIX", "SOCK_DGRAM");
  const controller = new AbortController();
  const sendings = [
    writer.send(Uint8Array.of(1), { to, signal: controller.signal }),
    other.send(Uint8Array.of(1), { to }),
  ];
  await writer.send(Uint8Array.of(1), { to, timeout: 5 }).catch(() => {});
  other.close();
  await assertRejects(() => sendings[1]!, ClosedError);
  controller.abort(new Error("enough"));
  await assertRejects(() => sendings[0]!, Error, "enough");
  const orphan = writer.send(Uint8Array.of(1), { to });
  reader.close();
  assertEquals((await assertRejects(() => orphan, SyscallError)).code, "ECONNREFUSED");
});

test("Socket.send() to a full Unix datagram socket ends when it is closed before it has begun to wait", async () => {
  using folder = new SocketFolder();
  using reader = folder.bound("PF_UNIX", "SOCK_DGRAM");
  const writer = socket("PF_UNIX", "SOCK_DGRAM");
  fill(writer, reader);
  const sending = writer.send(Uint8Array.of(1), { to: reader.getsockname() });
  writer.close();
  await assertRejects(() => sending, ClosedError);
});

test("Socket.send() of Unix datagrams loses none, from several senders to a slow reader", async () => {
  using folder = new SocketFolder();
  using reader = folder.bound("PF_UNIX", "SOCK_DGRAM");
  const to = reader.getsockname();
  // A third of a million from each of three.
  const total = count(334_000);
  const senders = [0, 1, 2].map(async (who) => {
    using writer = socket("PF_UNIX", "SOCK_DGRAM");
    for (let i = 0; i < total; i++) await writer.send(new Uint8Array(Int32Array.of(who, i).buffer), { to });
  });
  const next = [0, 0, 0];
  for (let i = 0; i < 3 * total; i++) {
    const [who, number] = new Int32Array((await reader.recv(8)).slice().buffer);
    assertEquals(number, next[who!]!);
    next[who!]!++;
  }
  await Promise.all(senders);
});
