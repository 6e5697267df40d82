import { SyscallError } from "../../lib/core/mod.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { sockaddrOf } from "../../lib/sockets/address.ts";
import { bindTo, checkBacklog, listenAt } from "../../lib/sockets/binding.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

test("Socket.bind() tells what has the path: a stale file, another socket, no socket at all", () => {
  using folder = new SocketFolder();
  using one = folder.bound("PF_UNIX", "SOCK_STREAM");
  const { path } = one.getsockname() as Deno.UnixAddr;
  using other = socket("PF_UNIX", "SOCK_STREAM");
  const refusal = () => assertThrows(() => other.bind({ path }), SyscallError).message;
  const taken = `Cannot bind to "${path}": address already in use (EADDRINUSE, bind)`;
  assertEquals(refusal(), taken);
  one.close();
  assertEquals(refusal(), `${taken}: a stale socket file, nobody has it open`);
  Deno.removeSync(path);
  Deno.mkdirSync(path);
  assertEquals(refusal(), `${taken}: a directory is there, no socket`);
  Deno.removeSync(path);
  other.bind({ path });
});

test("bindTo() names the address, and says nothing more of one without a file", () => {
  using folder = new SocketFolder();
  using one = folder.bound("PF_INET", "SOCK_STREAM");
  using other = socket("PF_INET", "SOCK_STREAM");
  const address = one.getsockname() as Deno.NetAddr;
  const { message } = assertThrows(() => bindTo(other.fd, sockaddrOf(address), address, "listen at"), SyscallError);
  assertEquals(message, `Cannot listen at 127.0.0.1:${address.port}: address already in use (EADDRINUSE, bind)`);
});

test("listenAt() names the address, and checkBacklog() what is no number of connections", () => {
  using folder = new SocketFolder();
  using datagrams = folder.bound("PF_UNIX", "SOCK_DGRAM");
  const address = datagrams.getsockname() as Deno.UnixAddr;
  const { message } = assertThrows(() => listenAt(datagrams.fd, address, 1), SyscallError);
  assertEquals(message, `Cannot listen at "${address.path}": operation not supported (EOPNOTSUPP, listen)`);
  assertEquals(checkBacklog(0), 0);
  for (const none of [-1, 1.5, NaN, 2 ** 31]) assertThrows(() => checkBacklog(none), RangeError);
});
