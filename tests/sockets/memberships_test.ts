import { membership, membership6, multicastInterface, multicastInterface6 } from "../../lib/sockets/memberships.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("memberships lie in memory as the kernel has them", () => {
  const group = "239.1.2.3";
  assertEquals([...membership.encode({ group }, "M")], [239, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals([...membership.encode({ group, interface: "127.0.0.1" }, "M")].slice(4), [127, 0, 0, 1, 0, 0, 0, 0]);
  assertEquals([...membership.encode({ group, interface: 258 }, "M")].slice(4), [0, 0, 0, 0, 2, 1, 0, 0]);
  assertEquals([...membership6.encode({ group: "ff02::1", interface: 3 }, "M")], [
    255,
    2,
    ...Array(13).fill(0),
    1,
    3,
    0,
    0,
    0,
  ]);
  assertEquals([...multicastInterface.encode("10.0.0.1", "I")].slice(0, 8), [0, 0, 0, 0, 10, 0, 0, 1]);
  assertEquals(multicastInterface.decode(Uint8Array.of(10, 0, 0, 1)), "10.0.0.1");
  assertEquals(multicastInterface6.decode(multicastInterface6.encode(7, "I")), 7);
});

test("memberships of nothing are refused", () => {
  assertThrows(() => membership.encode({ group: "x" }, "M"), TypeError, "M: not an address of AF_INET");
  assertThrows(() => membership6.encode({ group: "ff02::1", interface: 1.5 }, "M"), RangeError);
  assertThrows(() => multicastInterface6.encode(-1, "I"), RangeError);
  assertThrows(() => membership.decode(new Uint8Array(4)), TypeError);
});
