import { filled, roomOf, tryRecv, tryRecvFrom, tryRecvmsg } from "../../lib/sockets/receive_calls.ts";
import { receiveFlags } from "../../lib/sockets/socket_flags.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { bytes, Connection } from "./loopback.ts";

test("tryRecv() and its kin give undefined where they would wait, unless they may not", () => {
  using pair = new Connection("PF_UNIX", "SOCK_STREAM");
  const attempt = { socket: pair.server, target: new Uint8Array(9), names: [], flags: receiveFlags() };
  const tries = [tryRecv, () => tryRecvFrom(attempt, "unix"), () => tryRecvmsg(attempt, 0, "unix")] as const;
  for (const one of tries) assertEquals(one(attempt), undefined);
  assertThrows(() => tryRecv({ ...attempt, names: ["MSG_DONTWAIT"] }), SyscallError, "(EAGAIN, recv)");
  pair.client.sendSync(bytes("four"));
  assertEquals(tryRecv(attempt), 4);
});

test("roomOf() makes a buffer, or takes one; filled() keeps no large buffer for a few bytes", () => {
  const own = new Uint8Array(100);
  assertEquals([roomOf(7).length, roomOf(own) === own], [7, true]);
  assertEquals(filled(own, 3, own).buffer === own.buffer, true);
  assertEquals(filled(own, 3, 100).buffer.byteLength, 3);
  assertEquals(filled(own, 80, 100).buffer.byteLength, 100);
  for (const room of [-1, 0.5, Infinity]) assertThrows(() => roomOf(room), RangeError);
  assertThrows(() => roomOf([] as unknown as number), TypeError);
});
