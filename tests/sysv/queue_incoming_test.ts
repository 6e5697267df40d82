import { ERRNO } from "../../ffi/abi/errno.ts";
import { MSG } from "../../ffi/abi/sys_msg.ts";
import { Incoming, receiveNow, wantedOf } from "../../lib/sysv/queue_incoming.ts";
import type { QueueMessage } from "../../lib/sysv/queue_message.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { OwnQueue } from "./queues.ts";

test("wantedOf() says it as msgrcv(2) takes it", () => {
  const usual = { type: 0, flags: 0, room: 8_192, any: true };
  assertEquals(wantedOf(), usual);
  assertEquals(wantedOf({}), usual);
  assertEquals(wantedOf({ type: -5, maxSize: 0 }), { type: -5, flags: 0, room: 0, any: false });
  assertEquals(wantedOf({ type: 5, except: true }), { ...usual, type: 5, flags: MSG.MSG_EXCEPT });
  assertEquals(wantedOf({ truncate: true }), usual);
  assertEquals(wantedOf({ truncate: true, maxSize: 9 }), { type: 0, flags: MSG.MSG_NOERROR, room: 9, any: false });
  assertEquals(wantedOf({ peek: 7 }), { ...usual, type: 7, flags: MSG.MSG_COPY });
});

test("wantedOf() refuses what is out of range, and what excludes each other", () => {
  for (const type of [1.5, NaN, 2 ** 53]) assertThrows(() => wantedOf({ type }), RangeError, "type is an integer");
  for (const type of [0, -1]) assertThrows(() => wantedOf({ type, except: true }), RangeError, "must be above 0");
  for (const maxSize of [-1, 1.5, NaN, 2 ** 31]) assertThrows(() => wantedOf({ maxSize }), RangeError, "maxSize is");
  for (const peek of [-1, 1.5, NaN]) assertThrows(() => wantedOf({ peek }), RangeError, "peek is an integer");
  for (const other of [{ type: 1 }, { type: 1, except: true }, { truncate: true }]) {
    assertThrows(
      () => wantedOf({ peek: 0, ...other }),
      TypeError,
      "peek goes with neither type nor except nor truncate",
    );
  }
});

test("receiveNow() puts small messages side by side, and none over another", () => {
  using queue = new OwnQueue();
  const kept: Uint8Array[] = [];
  const lengths = Array.from({ length: 3_000 }, (_, i) => [0, 1, 7, 8, 64, 1_000, 1_024, 1_025, 8_192][i % 9]!);
  for (const [i, length] of lengths.entries()) {
    queue.trySend(1, new Uint8Array(length).fill(i % 251));
    kept.push((receiveNow(queue.id, wantedOf()) as QueueMessage).bytes);
  }
  const right = kept.every((bytes, i) => bytes.length === lengths[i] && bytes.every((byte) => byte === i % 251));
  assert(right);
  assert(new Set(kept.map(({ buffer }) => buffer)).size > 3);
  assertEquals(kept[8]!.buffer.byteLength, 8_192);
});

test("receiveNow() does not write to a buffer that somebody has transferred", () => {
  using queue = new OwnQueue();
  for (const text of ["one", "two", "three"]) queue.trySend(1, text);
  const one = receiveNow(queue.id, wantedOf()) as QueueMessage;
  const { buffer } = one.bytes;
  const taken = new Uint8Array(structuredClone(buffer, { transfer: [buffer] }));
  const before = taken.slice();
  const two = receiveNow(queue.id, wantedOf()) as QueueMessage;
  assertEquals([two.text(), one.bytes.length], ["two", 0]);
  assertEquals(taken, before);
  assertEquals((receiveNow(queue.id, wantedOf()) as QueueMessage).text(), "three");
});

test("receiveNow() gives -errno, and leaves what is too long", () => {
  using queue = new OwnQueue();
  assertEquals(receiveNow(queue.id, wantedOf()), -ERRNO.ENOMSG);
  queue.trySend(1, "12345");
  assertEquals(receiveNow(queue.id, wantedOf({ maxSize: 4 })), -ERRNO.E2BIG);
  const all = receiveNow(queue.id, wantedOf({ maxSize: 100_000 })) as QueueMessage;
  assertEquals([all.text(), all.type], ["12345", 1]);
});

test("Incoming reads what was written to its memory", () => {
  using queue = new OwnQueue();
  queue.trySend(2 ** 40 + 3, "there");
  using incoming = new Incoming(queue.id, wantedOf());
  const [id, address, room, type, flags] = incoming.args as [number, number, number, number, number];
  assertEquals([address, room], [incoming.address, 8_192]);
  const length = (incoming.fn as (...args: number[]) => number)(id, address, room, type, flags);
  const message = incoming.message(length);
  assertEquals([message.type, message.text()], [2 ** 40 + 3, "there"]);
});
