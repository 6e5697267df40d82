import { QueueMessage } from "../../lib/sysv/queue_message.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

function message(bytes: Uint8Array, before = 3): QueueMessage {
  const buffer = new Uint8Array(before + bytes.length + 5).fill(0xff);
  buffer.set(bytes, before);
  return new QueueMessage(7, buffer.buffer, before, bytes.length);
}

test("QueueMessage gives its bytes, the same each time, its text and its value", () => {
  const value = { name: "Grüße 🎭", list: [1, null, true] };
  const one = message(new TextEncoder().encode(JSON.stringify(value)));
  assertEquals([one.type, one.json(), one.text()], [7, value, JSON.stringify(value)]);
  assert(one.bytes === one.bytes);
  assertEquals([message(new Uint8Array(0)).text(), message(Uint8Array.of(0, 0x41)).text()], ["", "\0A"]);
  assertEquals([...message(Uint8Array.of(1, 2)).bytes], [1, 2]);
});

test("QueueMessage says what is no UTF-8 and no JSON", () => {
  assertEquals(message(Uint8Array.of(0x41, 0xff)).text(), "A\ufffd");
  assertThrows(() => message(Uint8Array.of(0x41)).json(), SyntaxError);
});
