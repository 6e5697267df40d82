import { ClosedError, type Fd } from "../../lib/core/mod.ts";
import { pipe, socketpair } from "../../lib/pipes/mod.ts";
import { descriptorOf } from "../../lib/sockets/descriptor.ts";
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
