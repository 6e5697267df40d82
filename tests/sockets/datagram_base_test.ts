import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { DatagramBase, DatagramSocket, listenDatagram, socket } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";
import { bytes, SocketFolder } from "./loopback.ts";

test("DatagramBase closes its socket, and keeps its name", () => {
  const made = socket("PF_INET", "SOCK_DGRAM");
  const one = new DatagramSocket(made);
  assertEquals([one instanceof DatagramBase, one.fd === made.fd, one.closed], [true, true, false]);
  made.bind({ hostname: "127.0.0.1", port: 0 });
  const { addr } = one;
  assertEquals(addr, made.getsockname());
  one.close();
  one[Symbol.dispose]();
  assertEquals([made.closed, one.closed, one.addr], [true, true, addr]);
  assertThrows(() => one.disconnect(), ClosedError);
  const other = new DatagramSocket(socket("PF_UNIX", "SOCK_DGRAM"));
  other.socket.close();
  other.close();
  assertEquals(other.closed, true);
});

test("DatagramBase.connect() of a path is refused without a socket there, and can be tried again", async () => {
  using folder = new SocketFolder();
  using client = listenDatagram({ transport: "unixpacket" });
  const path = folder.next();
  assertEquals((await assertRejects(() => client.connect({ path }), SyscallError)).code, "ENOENT");
  await assertRejects(() => client.connect({ hostname: "127.0.0.1", port: 7 }), TypeError);
  await assertRejects(() => client.connect({ path }, { timeout: -1 }), RangeError);
  using server = listenDatagram({ transport: "unixpacket", path });
  await client.connect({ path });
  await client.send(bytes("x"));
  assertEquals((await server.receive())[1], client.addr);
  server.close();
  assertEquals((await assertRejects(() => client.send(bytes("x")), SyscallError)).code, "ECONNREFUSED");
});

test("DatagramBase.close() leaves the file of a path whose socket was released", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  const server = listenDatagram({ transport: "unixpacket", path });
  using fd = server.socket.release();
  server.close();
  using released = DatagramSocket.fromFd(fd);
  using client = listenDatagram({ transport: "unixpacket" });
  await client.send(bytes("x"), { path });
  assertEquals((await released.receive())[0], bytes("x"));
});
