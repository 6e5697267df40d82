import { ERRNO } from "../../ffi/abi/errno.ts";
import { Outgoing, putMessage, sendNow } from "../../lib/sysv/queue_outgoing.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { OwnQueue } from "./queues.ts";

test("putMessage() takes types from 1 to 2^53 - 1, which arrive whole", () => {
  using queue = new OwnQueue();
  for (const type of [1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1]) {
    assertEquals(sendNow(queue.id, putMessage(type, "x")), 0);
    assertEquals(queue.tryReceive({ type })?.type, type);
  }
  for (const type of [0, -1, 1.5, 2 ** 53, NaN, Infinity]) {
    assertThrows(() => putMessage(type, ""), RangeError, `from 1 to 2^53 - 1: ${type}`);
  }
});

test("putMessage() takes bytes of every kind as they are, strings as UTF-8, and anything else as JSON", () => {
  using queue = new OwnQueue();
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const shared = new Uint8Array(new SharedArrayBuffer(256));
  shared.set(bytes);
  const same = [bytes, bytes.buffer, new DataView(bytes.buffer), new Uint16Array(bytes.buffer), shared, shared.buffer];
  for (const content of [...same, new Uint8Array([9, ...bytes, 9]).subarray(1, 257)]) {
    assertEquals(sendNow(queue.id, putMessage(1, content)), 0);
    assertEquals(queue.tryReceive()?.bytes, bytes);
  }
  const long = "Grüße 🎭 ".repeat(100);
  for (
    const [content, text] of [["", ""], [long, long], [{ a: [1] }, '{"a":[1]}'], [null, "null"], [7, "7"]] as const
  ) {
    sendNow(queue.id, putMessage(1, content));
    assertEquals(queue.tryReceive()?.text(), text);
  }
  for (const content of [undefined, () => {}, Symbol("x")]) {
    assertThrows(() => putMessage(1, content), TypeError, "There is no JSON of what is to be sent");
  }
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  for (const content of [circle, 1n]) assertThrows(() => putMessage(1, content), TypeError);
});

test("putMessage() takes texts as ever once it has taken many", () => {
  using queue = new OwnQueue();
  const texts = ["", "ascii", "Grüße 🎭", "\ud800", "é".repeat(4_096), "x".repeat(8_192), "€".repeat(2_730)];
  for (let i = 0; i < 300; i++) {
    const text = texts[i % texts.length]!;
    sendNow(queue.id, putMessage(1, text));
    assertEquals(queue.tryReceive()?.bytes, new TextEncoder().encode(text));
  }
});

test("putMessage() makes room for what the system then refuses, and what is usual goes on", () => {
  using queue = new OwnQueue();
  assertEquals(sendNow(queue.id, putMessage(1, new Uint8Array(100_000))), -ERRNO.EINVAL);
  assertEquals(sendNow(queue.id, putMessage(1, "usual")), 0);
  assertEquals(queue.texts(), ["usual"]);
});

test("Outgoing keeps its message while others are put, and sends it if there is room", () => {
  using queue = new OwnQueue(5);
  using first = new Outgoing(queue.id, putMessage(3, "first"));
  putMessage(4, "other");
  assertEquals([first.now(), first.now()], [0, -ERRNO.EAGAIN]);
  const message = queue.tryReceive();
  assertEquals([message?.type, message?.text()], [3, "first"]);
});
