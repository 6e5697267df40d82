import { addressesOf, familyOf, ownAddressOf, targetOf } from "../../lib/sockets/internet_target.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("targetOf() reads hosts and ports in all their forms", () => {
  const target = (place: Parameters<typeof targetOf>[0]) => targetOf(place, "127.0.0.1");
  assertEquals(target({ port: 80 }).address, { hostname: "127.0.0.1", port: 80 });
  assertEquals(target({ host: "127.1", service: "80" }).address, { hostname: "127.0.0.1", port: 80 });
  assertEquals(target({ hostname: "fe80::1%1", port: "daytime(13)" }).address, { hostname: "fe80::1%1", port: 13 });
  assertEquals(target({ hostname: "fe80::1", port: 1, scope: "lo" }).address, {
    hostname: "fe80::1",
    port: 1,
    scope: "lo",
  });
  assertEquals(target({ host: "a.example", service: "nothing of the kind(4711)" }), {
    host: "a.example",
    port: 4711,
    family: undefined,
    address: undefined,
  });
  assertEquals(targetOf({}, "0.0.0.0", 0).port, 0);
  for (const hostname of ["::1", "fe80::1%1"]) {
    const { host, address } = target({ hostname: `[${hostname}]`, port: 80 });
    assertEquals([host, address], [hostname, { hostname, port: 80 }]);
  }
  // Brackets are of an address of IPv6.
  for (const host of ["[127.0.0.1]", "[localhost]", "[::1", "[[::1]]", "[]"]) {
    assertEquals([target({ host, port: 80 }).host, target({ host, port: 80 }).address], [host, undefined]);
  }
});

test("targetOf() refuses what is no place", () => {
  for (
    const [place, words] of [
      [{}, "A port or a service"],
      [{ host: "a", hostname: "b", port: 1 }, "Only one of host and hostname"],
      [{ port: 1, service: 2 }, "Only one of port and service"],
      [{ host: "", port: 1 }, "A host is"],
      [{ port: 1, family: "AF_UNIX" as "AF_INET" }, "A family is"],
      [{ host: "a", port: 1, scope: 1 }, "A scope belongs to an address of IPv6"],
      [{ host: "127.0.0.1", port: 1, scope: 1 }, "A scope belongs to an address of IPv6"],
      [{ host: "::1", port: 1, family: "AF_INET" as const }, "no address of AF_INET"],
    ] as const
  ) assertThrows(() => targetOf(place, "127.0.0.1"), TypeError, words);
  assertThrows(() => targetOf({ port: 65_536 }, "127.0.0.1"), RangeError);
});

test("ownAddressOf() takes addresses alone", () => {
  assertEquals(ownAddressOf("127.1", 0), { hostname: "127.0.0.1", port: 0 });
  assertThrows(() => ownAddressOf("localhost", 0), TypeError);
  assertEquals(["127.0.0.1", "::1"].map((hostname) => familyOf({ hostname, port: 0 })), ["AF_INET", "AF_INET6"]);
});

test("addressesOf() finds addresses of the family that was asked for", async () => {
  const found = await addressesOf(targetOf({ host: "localhost", port: 7, family: "AF_INET" }, ""), {});
  assert(found.length > 0 && found.every((one) => familyOf(one) === "AF_INET" && one.port === 7));
});
