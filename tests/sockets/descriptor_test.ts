import { ClosedError, type Fd } from "../../lib/core/mod.ts";
import { pipe, socketpair } from "../../lib/pipes/mod.ts";
import { descriptorOf, holdingFor } from "../../lib/sockets/descriptor.ts";
import { DatagramSocket, socket } from "../../lib/sockets/mod.ts";
import { holdingOf } from "../../lib/sockets/socket_base.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("descriptorOf() takes an Fd, what has one, and a number", () => {
  const { reader, writer } = pipe();
  const [left, right] = socketpair();
  assert(descriptorOf(reader) === reader);
  assert(descriptorOf({ fd: reader }) === reader);
  assert(descriptorOf(left) === left.fd);
  assertEquals(descriptorOf(7).number, 7);
  for (const end of [reader, writer, left, right]) end.close();
  assertThrows(() => descriptorOf(reader).number, ClosedError);
});

test("descriptorOf() refuses all else", () => {
  for (const source of [null, undefined, "0", {}, { fd: 3 }, [], { fd: null }]) {
    assertThrows(() => descriptorOf(source as unknown as Fd), TypeError);
  }
  for (const number of [-1, 1.5, NaN, 2 ** 31]) assertThrows(() => descriptorOf(number), RangeError);
});

test("holdingFor() is that of a socket, or of what has one", () => {
  using one = socket("PF_UNIX", "SOCK_STREAM");
  using datagrams = new DatagramSocket(socket("PF_UNIX", "SOCK_DGRAM"));
  assert(holdingFor(one) === holdingOf(one) && holdingFor(datagrams) === holdingOf(datagrams.socket));
  const [left, right] = socketpair();
  left.unref();
  assertEquals([holdingFor(left)?.on, holdingFor(right)?.on], [false, true]);
  assertEquals([holdingFor(one.fd), holdingFor(3)], [undefined, undefined]);
  for (const end of [left, right]) end.close();
});
