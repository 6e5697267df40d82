import { receiveFlags, sendFlags } from "../../lib/sockets/socket_flags.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("sendFlags() and receiveFlags() never wait, and sending never brings a signal", () => {
  assertEquals([sendFlags(), receiveFlags()], [0x4040, 0x40]);
  assertEquals(sendFlags(["MSG_OOB", "MSG_MORE"]), 0xc041);
  assertEquals(receiveFlags(["MSG_PEEK", "MSG_OOB"]), 0x43);
});

test("sendFlags() and receiveFlags() refuse what is none, or the other's", () => {
  assertThrows(() => sendFlags(["MSG_PEEK" as "MSG_OOB"]), TypeError);
  assertThrows(() => receiveFlags(["MSG_MORE" as "MSG_OOB"]), TypeError);
  assertThrows(() => receiveFlags(["SO_ERROR" as "MSG_OOB"]), TypeError);
});
