import { NETINET } from "../../ffi/abi/netinet_in.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import {
  type ReadableSocketOption,
  type SettableSocketOption,
  type Socket,
  socket,
  type SocketOptions,
} from "../../lib/sockets/mod.ts";
import { readOption } from "../../lib/sockets/options.ts";
import { assert, assertEquals, assertThrows, EMULATED, test } from "../support/mod.ts";
import { Connection, SocketFolder } from "./loopback.ts";

/** Why options that few programs use are not tried on another architecture. */
const KNOWN = EMULATED && "the emulation passes some options on, and not all";

type Both = ReadableSocketOption & SettableSocketOption;

/** What is set and read again the same, of each kind of socket. */
const SAME: { [Domain in "PF_INET" | "PF_INET6"]: [name: Both, ...values: SocketOptions[Both][]][] } = {
  PF_INET: [
    ["SO_BROADCAST", true, false],
    ["SO_DONTROUTE", true, false],
    ["SO_KEEPALIVE", true, false],
    ["SO_LINGER", 2_000, 0, false],
    ["SO_OOBINLINE", true],
    ["SO_PRIORITY", 3],
    ["SO_RCVLOWAT", 100],
    ["SO_RCVTIMEO", 1_500, Infinity],
    ["SO_REUSEADDR", true],
    ["SO_REUSEPORT", true],
    ["SO_SNDTIMEO", 20, Infinity],
    ["IP_BIND_ADDRESS_NO_PORT", true],
    ["IP_FREEBIND", true],
    ["IP_PKTINFO", true],
    ["IP_RECVTOS", true],
    ["IP_RECVTTL", true],
    ["IP_TOS", 16],
    ["IP_TTL", 9],
    ["TCP_CONGESTION", "reno", "cubic"],
    ["TCP_CORK", true, false],
    ["TCP_KEEPCNT", 4],
    ["TCP_KEEPIDLE", 60_000],
    ["TCP_KEEPINTVL", 5_000],
    ["TCP_LINGER2", 7_000],
    ["TCP_NODELAY", true, false],
    ["TCP_QUICKACK", false, true],
    ["TCP_SYNCNT", 3],
    ["TCP_USER_TIMEOUT", 1_234],
  ],
  PF_INET6: [
    ["IPV6_RECVHOPLIMIT", true],
    ["IPV6_RECVPKTINFO", true],
    ["IPV6_TCLASS", 32],
    ["IPV6_UNICAST_HOPS", 9],
    ["IPV6_V6ONLY", true, false],
    ["IPV6_MULTICAST_LOOP", false, true],
  ],
};

for (const domain of ["PF_INET", "PF_INET6"] as const) {
  test(`setOption() of ${domain}: getOption() gives it back`, () => {
    using one = socket(domain, "SOCK_STREAM");
    for (const [name, ...values] of SAME[domain]) {
      for (const value of values) {
        one.setOption(name, value);
        assertEquals([name, one.getOption(name)], [name, value]);
      }
    }
  }, { skip: KNOWN });
}

test("getOption() of what the kernel sets", async () => {
  using pair = new Connection("PF_UNIX", "SOCK_STREAM");
  assertEquals(pair.client.getOption("SO_PEERCRED"), { pid: Deno.pid, uid: Deno.uid()!, gid: Deno.gid()! });
  using folder = new SocketFolder();
  using listener = folder.bound("PF_INET", "SOCK_STREAM");
  assertEquals([listener.getOption("SO_ACCEPTCONN"), listener.getOption("SO_ERROR")], [false, undefined]);
  listener.listen();
  assertEquals(listener.getOption("SO_ACCEPTCONN"), true);
  listener.setOption("SO_RCVBUF", 20_000);
  assertEquals(listener.getOption("SO_RCVBUF"), 40_000);
  assertEquals(listener.getOption("SO_BINDTODEVICE"), "");
  using udp = socket("PF_INET", "SOCK_DGRAM");
  await udp.connect({ hostname: "127.0.0.1", port: 9 });
  assert(udp.getOption("IP_MTU") > 1_000);
}, { skip: KNOWN });

test("setOption() of multicast: groups are joined and left, on an interface by address or index", async () => {
  using one = socket("PF_INET", "SOCK_DGRAM");
  one.setOption("IP_MULTICAST_TTL", 0);
  one.setOption("IP_MULTICAST_LOOP", true);
  one.setOption("IP_MULTICAST_ALL", false);
  one.setOption("IP_MULTICAST_IF", "127.0.0.1");
  assertEquals([
    one.getOption("IP_MULTICAST_TTL"),
    one.getOption("IP_MULTICAST_LOOP"),
    one.getOption("IP_MULTICAST_IF"),
  ], [
    0,
    true,
    "127.0.0.1",
  ]);
  one.bind({ hostname: "0.0.0.0", port: 0 });
  const group = "239.255.7.7";
  one.setOption("IP_ADD_MEMBERSHIP", { group, interface: "127.0.0.1" });
  const { port } = one.getsockname() as { port: number };
  await one.send(Uint8Array.of(7), { to: { hostname: group, port } });
  assertEquals([...await one.recv(9, { timeout: 5_000 })], [7]);
  one.setOption("IP_DROP_MEMBERSHIP", { group, interface: "127.0.0.1" });
  assertThrows(() => one.setOption("IP_DROP_MEMBERSHIP", { group, interface: 1 }), SyscallError, "EADDRNOTAVAIL");
  using six = socket("PF_INET6", "SOCK_DGRAM");
  six.setOption("IPV6_MULTICAST_IF", 1);
  six.setOption("IPV6_MULTICAST_HOPS", 0);
  six.setOption("IPV6_JOIN_GROUP", { group: "ff01::7", interface: 1 });
  six.setOption("IPV6_LEAVE_GROUP", { group: "ff01::7", interface: 1 });
  assertEquals([six.getOption("IPV6_MULTICAST_IF"), six.getOption("IPV6_MULTICAST_HOPS")], [1, 0]);
}, { skip: KNOWN });

/** What is refused before any call. */
const REFUSED: [name: SettableSocketOption, value: unknown, Class: new () => Error][] = [
  ["SO_REUSEADDR", 1, TypeError],
  ["SO_RCVBUF", "1", TypeError],
  ["SO_RCVBUF", 1.5, RangeError],
  ["SO_RCVBUF", 2 ** 31, RangeError],
  ["SO_LINGER", -1, RangeError],
  ["SO_LINGER", true, TypeError],
  ["SO_RCVTIMEO", 0, RangeError],
  ["TCP_KEEPIDLE", NaN, RangeError],
  ["TCP_CONGESTION", 7, TypeError],
  ["TCP_CONGESTION", "a\0b", TypeError],
  ["IP_ADD_MEMBERSHIP", { group: "here" }, TypeError],
  ["IP_ADD_MEMBERSHIP", { group: "239.0.0.1", interface: -1 }, RangeError],
  ["IPV6_JOIN_GROUP", { group: "239.0.0.1" }, TypeError],
  ["SO_ERROR" as "SO_DEBUG", "x", TypeError],
  ["SO_ACCEPTCONN" as "SO_DEBUG", true, TypeError],
  ["SO_PEERCRED" as "SO_DEBUG", {}, TypeError],
  ["SO_NONE" as "SO_DEBUG", true, TypeError],
  ["toString" as "SO_DEBUG", true, TypeError],
];

test("setOption() refuses what is no option, or no value of it", () => {
  using one = socket("PF_INET", "SOCK_STREAM");
  for (const [name, value, Class] of REFUSED) assertThrows(() => one.setOption(name, value as never), Class, name);
  assertThrows(() => one.getOption("IP_ADD_MEMBERSHIP" as "IP_TTL"), TypeError, "can only be set");
  assertThrows(() => one.getOption("SO_NONE" as "IP_TTL"), TypeError);
});

test("setOption() and getOption() name the option that a socket does not have", () => {
  using one: Socket = socket("PF_UNIX", "SOCK_STREAM");
  const fd = one.fd.number;
  const error = assertThrows(() => one.setOption("TCP_NODELAY", true), SyscallError);
  assertEquals([error.message, error.fd], [
    `Cannot set TCP_NODELAY of socket ${fd}: operation not supported (EOPNOTSUPP, setsockopt)`,
    fd,
  ]);
  assertThrows(() => one.getOption("TCP_NODELAY"), SyscallError, "Cannot read TCP_NODELAY of socket");
  one.close();
  assertThrows(() => one.getOption("SO_LINGER"), ClosedError);
});

test("readOption() gives as many bytes as the kernel has, or -errno", () => {
  using one = socket("PF_INET", "SOCK_DGRAM");
  const type = readOption(one.fd.number, SOCKET.SOL_SOCKET, SOCKET.SO_TYPE, 64);
  assertEquals(type, Uint8Array.of(SOCKET.SOCK_DGRAM, 0, 0, 0));
  assertEquals(readOption(one.fd.number, NETINET.IPPROTO_TCP, 1, 4), -95);
});
