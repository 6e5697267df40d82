import { SyscallError } from "../../lib/core/mod.ts";
import { type Outgoing, piecesOf, trySend, trySendmsg } from "../../lib/sockets/send_calls.ts";
import { sendFlags } from "../../lib/sockets/socket_flags.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { bytes, Connection } from "./loopback.ts";

test("trySend() and trySendmsg() tell how much went, or undefined, and name the peer otherwise", () => {
  using pair = new Connection("PF_UNIX", "SOCK_STREAM");
  const outgoing: Outgoing = {
    socket: pair.client,
    pieces: [bytes("four")],
    control: [],
    to: undefined,
    names: [],
    flags: sendFlags(),
  };
  assertEquals([trySend(outgoing), trySendmsg({ ...outgoing, pieces: [bytes("a"), bytes("bc")] })], [4, 3]);
  const much = { ...outgoing, pieces: [new Uint8Array(1_000_000)] };
  while (trySend(much) !== undefined);
  assertEquals(trySendmsg(much), undefined);
  assertThrows(() => trySend({ ...much, names: ["MSG_DONTWAIT"] }), SyscallError, "(EAGAIN, sendto)");
  const { path } = pair.client.getpeername() as { path: string };
  pair.server.close();
  const error = assertThrows(() => trySend(outgoing), SyscallError, `Cannot send 4 bytes to "${path}": `);
  assertEquals([error.fd, error.path], [pair.client.fd.number, path]);
});

test("piecesOf() takes bytes, and nothing else", () => {
  assertEquals(piecesOf(bytes("x")).length, 1);
  assertEquals(piecesOf([]).length, 0);
  for (const data of ["x", [1], null]) assertThrows(() => piecesOf(data), TypeError);
});
