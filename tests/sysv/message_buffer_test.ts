import { IPC_PRIVATE, MessageBuffer, MessageQueue } from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";

/** A queue that is removed at the end of the block. */
function newQueue(): { queue: MessageQueue } & Disposable {
  const queue = MessageQueue.create(IPC_PRIVATE);
  const remove = () => {
    queue.remove();
    queue.close();
  };
  return { queue, [Symbol.dispose]: remove };
}

test("messages received into a buffer take the place of each other, with their types and lengths", () => {
  using made = newQueue();
  const buffer = new MessageBuffer(5);
  assertEquals([buffer.size, buffer.type, buffer.length, buffer.bytes.length], [5, 0, 0, 0]);
  const sent: [number, number[]][] = [[1, []], [2 ** 52 + 1, [0, 255, 3, 4, 5]], [7, [6, 7]]];
  for (const [type, bytes] of sent) made.queue.trySend(type, Uint8Array.from(bytes));
  for (const [type, bytes] of sent) {
    assert(made.queue.tryReceiveInto(buffer));
    assertEquals([buffer.type, buffer.length, [...buffer.bytes]], [type, bytes.length, bytes]);
  }
  assert(!made.queue.tryReceiveInto(buffer));
  assertEquals([...buffer.bytes], [6, 7]);
});

test("a message that is longer than the buffer stays, or is cut off", () => {
  using made = newQueue();
  const buffer = new MessageBuffer(3);
  made.queue.trySend(4, "longer");
  const { message } = assertThrows(() => made.queue.tryReceiveInto(buffer), Error) as Error;
  assert(message.includes("E2BIG"), message);
  assertEquals([made.queue.stat().messages, buffer.length], [1, 0]);
  assert(made.queue.tryReceiveInto(buffer, { truncate: true, type: 4 }));
  assertEquals(new TextDecoder().decode(buffer.bytes), "lon");
});

test("receiveInto() waits for the message that is wanted, and takes none when it is given up", async () => {
  using made = newQueue();
  const buffer = new MessageBuffer(10);
  const controller = new AbortController();
  const aborted = assertRejects(() => made.queue.receiveInto(buffer, { signal: controller.signal }), Error, "enough");
  controller.abort(new Error("enough"));
  await aborted;
  await assertRejects(() => made.queue.receiveInto(buffer, { timeout: 10 }), DOMException, "Timed out after 10 ms");
  assertThrows(() => made.queue.receiveIntoSync(buffer, { timeout: 10 }), DOMException, "Timed out after 10 ms");
  const waiting = made.queue.receiveInto(buffer, { type: 2, timeout: within(5_000) });
  made.queue.trySend(1, "one");
  made.queue.trySend(2, "two");
  await waiting;
  assertEquals([buffer.type, new TextDecoder().decode(buffer.bytes)], [2, "two"]);
  made.queue.receiveIntoSync(buffer);
  assertEquals([buffer.type, new TextDecoder().decode(buffer.bytes)], [1, "one"]);
});

test("a buffer whose memory was transferred is refused, and nothing is written there", () => {
  using made = newQueue();
  const buffer = new MessageBuffer(3);
  const taken = buffer.bytes.buffer.transfer();
  made.queue.trySend(1, "abc");
  assertThrows(() => made.queue.tryReceiveInto(buffer), TypeError, "transferred");
  assertEquals([new Uint8Array(taken).some((byte) => byte !== 0), made.queue.stat().messages], [false, 1]);
});

test("numbers that are no size are refused", () => {
  for (const size of [-1, 1.5, NaN, 2 ** 31]) assertThrows(() => new MessageBuffer(size), RangeError, "size");
});

test("receiveInto() whose buffer was transferred meanwhile says so, and the message is not lost", async () => {
  using made = newQueue();
  const buffer = new MessageBuffer(16);
  const waiting = made.queue.receiveInto(buffer, { timeout: within(30_000) });
  structuredClone(null, { transfer: [buffer.bytes.buffer] });
  made.queue.trySend(7, "kept");
  await assertRejects(() => waiting, TypeError, "transferred");
  const message = made.queue.tryReceive();
  assertEquals([message?.type, message?.text()], [7, "kept"]);
});
