import {
  type ControlMessage,
  isRights,
  namedControl,
  rawControl,
  rightsIn,
} from "../../lib/sockets/control_messages.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

const data = Uint8Array.of(5, 0, 0, 0, 9, 0, 0, 0);

test("rawControl() and namedControl() are each other's reverse, for known names and for numbers", () => {
  const all: ControlMessage[] = [
    { level: "SOL_SOCKET", type: "SCM_CREDENTIALS", data },
    { level: "IPPROTO_IP", type: "IP_TTL", data },
    { level: "IPPROTO_IPV6", type: "IPV6_PKTINFO", data },
    { level: "IPPROTO_IP", type: 199, data },
    { level: 4711, type: 1, data },
  ];
  for (const one of all) assertEquals(namedControl(rawControl(one)), one);
  assertEquals(rawControl({ level: 1, type: 1, data }), rawControl({ level: "SOL_SOCKET", type: "SCM_RIGHTS", data }));
});

test("rightsIn() finds the descriptors, and nothing else", () => {
  const rights = rawControl({ level: "SOL_SOCKET", type: "SCM_RIGHTS", data });
  const other = rawControl({ level: "SOL_SOCKET", type: "SCM_CREDENTIALS", data });
  assertEquals([isRights(rights), isRights(other)], [true, false]);
  assertEquals(rightsIn([other, rights, rights]), [5, 9, 5, 9]);
});

test("rawControl() refuses names of nothing, and data that are no bytes", () => {
  for (
    const [level, type] of [["SOL_NONE", 1], ["SOL_SOCKET", "IP_TTL"], ["toString", 1], [1.5, 1], [1, "x"]] as const
  ) {
    assertThrows(() => rawControl({ level, type, data }), TypeError);
  }
  assertThrows(() => rawControl({ level: 1, type: 1, data: "x" as unknown as Uint8Array<ArrayBuffer> }), TypeError);
});
