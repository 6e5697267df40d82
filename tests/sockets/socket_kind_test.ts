import { kindNumbers, kindOf, type SocketDomain, socketKind } from "../../lib/sockets/socket_kind.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("socketKind() takes every name of a family", () => {
  const families = {
    PF_INET: 2,
    AF_INET: 2,
    PF_INET6: 10,
    AF_INET6: 10,
    PF_UNIX: 1,
    AF_UNIX: 1,
    PF_LOCAL: 1,
    AF_LOCAL: 1,
  };
  for (const [name, number] of Object.entries(families)) {
    const kind = socketKind(name as SocketDomain, "SOCK_STREAM", 0);
    assertEquals(kindNumbers(kind), [number, 1, 0]);
    assertEquals(kindOf(number, 1, 0), kind);
  }
});

test("socketKind() takes protocols by number and by the name that Perl knows", () => {
  const numbers = ["tcp", "udp", "icmp", "ipv6-icmp", "sctp", "udplite"] as const;
  assertEquals(numbers.map((name) => socketKind("PF_INET", "SOCK_DGRAM", name).protocol), [6, 17, 1, 58, 132, 136]);
  assertEquals(socketKind("PF_INET", "SOCK_DGRAM", 200).protocol, 200);
});

test("socketKind() refuses what is none", () => {
  for (const domain of ["INET", "PF_NONE", "", undefined, "toString"]) {
    assertThrows(() => socketKind(domain as "PF_INET", "SOCK_STREAM", 0), TypeError);
  }
  for (const type of ["STREAM", 1, "toString"]) {
    assertThrows(() => socketKind("PF_INET", type as "SOCK_STREAM", 0), TypeError);
  }
  assertThrows(() => socketKind("PF_INET", "SOCK_STREAM", "TCP" as "tcp"), TypeError);
  for (const number of [-1, 1.5, NaN]) assertThrows(() => socketKind("PF_INET", "SOCK_STREAM", number), RangeError);
});

test("kindOf() does not know a raw socket", () => assertEquals(kindOf(2, 3, 0), undefined));
