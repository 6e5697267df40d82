import { addressOf, addressText, isUnixAddress, sockaddrOf } from "../../lib/sockets/address.ts";
import { packSockaddrIn6, type SocketAddress } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("sockaddrOf() and addressOf() are each other's way back", () => {
  const addresses: [SocketAddress, string][] = [
    [{ hostname: "127.0.0.1", port: 80 }, "127.0.0.1:80"],
    [{ hostname: "::1", port: 0 }, "[::1]:0"],
    [{ hostname: "fe80::1", port: 65_535, scope: 3, flowInfo: 5 }, "[fe80::1%3]:65535"],
    [{ hostname: "::ffff:192.0.2.1", port: 1 }, "[::ffff:192.0.2.1]:1"],
    [{ path: "/run/socket" }, "/run/socket"],
    [{ path: "x".repeat(107) }, "x".repeat(107)],
    [{ path: "\0job" }, "@job"],
    [{ path: "" }, ""],
  ];
  for (const [address, text] of addresses) {
    assertEquals(addressOf(sockaddrOf(address)), address);
    assertEquals(addressText(address), text);
    assertEquals(isUnixAddress(address), "path" in address);
  }
  assertEquals(addressOf(new Uint8Array(0)), { path: "" });
});

test("addressOf() tells the transport if it is given, sockaddrOf() takes Deno's addresses", () => {
  const net: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 13 };
  const unix: Deno.UnixAddr = { transport: "unix", path: "/run/socket" };
  assertEquals(addressOf(sockaddrOf(net), "tcp"), net);
  assertEquals(addressOf(sockaddrOf(unix), "unix"), unix);
});

test("sockaddrOf() takes a scope as index or name, beside the address or behind it", () => {
  const lo = packSockaddrIn6(80, "fe80::1", 1);
  for (const scope of [1, "1", "lo"]) assertEquals(sockaddrOf({ hostname: "fe80::1", port: 80, scope }), lo);
  for (const scope of [1, "lo"]) assertEquals(sockaddrOf({ hostname: `fe80::1%${scope}`, port: 80 }), lo);
});

test("sockaddrOf() names the interface that is missing", () => {
  const error = assertThrows(() => sockaddrOf({ hostname: "fe80::1%nowhere0", port: 80 }), SyscallError);
  assertEquals([error.message, error.code, error.address], [
    'Cannot find the interface "nowhere0": no such device (ENODEV, if_nametoindex)',
    "ENODEV",
    "nowhere0",
  ]);
});

test("sockaddrOf() refuses names and whatever else is no address, before any call", () => {
  const refuse = (hostname: string, more = {}) =>
    assertThrows(() => sockaddrOf({ hostname, port: 1, ...more }), TypeError, "Not an address of IPv4 or IPv6");
  for (const hostname of ["localhost", "", "127.1", "[::1]", "127.0.0.1%lo", "::1%", "%lo", "::1\0", "1.2.3.4\n"]) {
    refuse(hostname);
  }
  refuse("127.0.0.1", { scope: 1 });
  assertThrows(() => sockaddrOf({ hostname: "::1", port: 1, scope: "a\0b" }), TypeError, "NUL");
  assertThrows(() => sockaddrOf({ hostname: "::1", port: 1, scope: "99999999999" }), RangeError, "No scope");
  assertThrows(() => sockaddrOf({ hostname: "::1", port: 70_000 }), RangeError, "A port is");
  assertThrows(() => sockaddrOf({ path: "x".repeat(108) }), RangeError, "at most 107 bytes");
  for (const wrong of [null, "127.0.0.1", {}, 7]) {
    assertThrows(() => sockaddrOf(wrong as SocketAddress), TypeError, "An address is { hostname, port } or { path }");
  }
});
