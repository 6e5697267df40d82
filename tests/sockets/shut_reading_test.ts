/**
 * What waits where reading was shut down ends, also where the kernel says that it would wait although the socket polls as
 * readable: waiting for that would keep a processor busy for ever.
 */
import { SyscallError } from "../../lib/core/mod.ts";
import { socketpair } from "../../lib/pipes/mod.ts";
import { DatagramSocket, receiveFds, receiveFdsSync, type Socket, socket } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";
import { DATAGRAMS, SocketFolder } from "./loopback.ts";

const LIMIT = { timeout: within(5_000) };

const WAYS: [name: string, receive: (one: Socket) => Promise<{ length: number }>][] = [
  ["recv", (one) => one.recv(1, LIMIT)],
  ["recvFrom", (one) => one.recvFrom(1, LIMIT)],
  ["recvmsg", (one) => one.recvmsg(1, LIMIT)],
];

for (const [domain, type] of DATAGRAMS) {
  test(`Socket of ${domain}, ${type}: receiving ends when reading is shut down, before or meanwhile`, async () => {
    using folder = new SocketFolder();
    for (const [name, receive] of WAYS) {
      using one = folder.bound(domain, type);
      using other = folder.bound(domain, type);
      one.connectSync(other.getsockname());
      const waiting = receive(one);
      one.shutdown("read");
      assertEquals([name, (await waiting).length, (await receive(one)).length], [name, 0, 0]);
      assertEquals([one.recvSync(1, LIMIT).length, one.recvFromSync(1, LIMIT).address], [0, undefined]);
    }
  });
}

for (const domain of ["PF_INET", "PF_UNIX"] as const) {
  test(`Socket of ${domain}: accept() says EINVAL when the listener is shut down, before or meanwhile`, async () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, "SOCK_STREAM");
    const waiting = listener.accept(LIMIT);
    listener.shutdown("read");
    for (const call of [() => waiting, () => listener.accept(LIMIT)]) {
      assertEquals((await assertRejects(call, SyscallError)).code, "EINVAL");
    }
    assertThrows(() => listener.acceptSync(LIMIT), SyscallError, "EINVAL");
  });
}

test("Socket: a Unix listener that is shut down still gives those that have come before", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM");
  using client = socket("PF_UNIX", "SOCK_STREAM");
  await client.connect(listener.getsockname());
  listener.shutdown("read");
  (await listener.accept(LIMIT)).socket.close();
  await assertRejects(() => listener.accept(LIMIT), SyscallError, "EINVAL");
});

test("receiveFds() and SocketEnd.readable of datagrams end when reading is shut down, before or meanwhile", async () => {
  const [left, right] = socketpair({ type: "datagram" });
  using _left = left;
  using _right = right;
  const received = receiveFds(left, LIMIT);
  const reader = right.readable.getReader();
  const read = reader.read();
  left.shutdown("read");
  right.shutdown("read");
  const nothing = { data: new Uint8Array(), fds: [], truncated: false, cut: false };
  assertEquals([await received, await receiveFds(left, LIMIT), receiveFdsSync(left, LIMIT)], [
    nothing,
    nothing,
    nothing,
  ]);
  assertEquals([(await read).done, (await reader.read()).done], [true, true]);
});

test("DatagramSocket: receiving is an UnexpectedEof when reading is shut down, before or meanwhile, and loops end", async () => {
  const ways: ((one: DatagramSocket) => Promise<unknown>)[] = [
    (one) => one.receive(undefined, LIMIT),
    (one) => one.receiveDatagram(LIMIT),
    (one) => one.receiveMany(LIMIT),
  ];
  for (const receive of ways) {
    const [left, right] = socketpair({ type: "datagram" });
    using one = DatagramSocket.fromFd(left.fd);
    using _right = right;
    const waiting = receive(one);
    one.socket.shutdown("read");
    await assertRejects(() => waiting, Deno.errors.UnexpectedEof, "shut down");
    await assertRejects(() => receive(one), Deno.errors.UnexpectedEof);
    let count = 0;
    for await (const _ of one) count++;
    assertEquals(count, 0);
  }
});
