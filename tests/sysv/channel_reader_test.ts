import { ClosedError } from "../../lib/core/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, count, test, within } from "../support/mod.ts";
import { channel, text, withChannel } from "./channels.ts";

test("receive() gives messages as they were sent, of any length and with all byte values", async () => {
  using made = channel({ capacity: 100_000 });
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const sent = [new Uint8Array(0), all.slice(0, 1), all, new Uint8Array(4_096).fill(1), new Uint8Array(4_097).fill(2)];
  sent.push(new Uint8Array(90_000).fill(3), all.slice(0, 7));
  const sending = (async () => {
    for (const message of sent) await writer.send(message);
  })();
  for (const message of sent) assertEquals(await reader.receive(), message);
  await sending;
  assertEquals(reader.tryReceive(), undefined);
});

test("receive() keeps the order where the ring goes round, whatever the lengths", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  const rounds = count(20_000);
  const sending = (async () => {
    for (let i = 0; i < rounds; i++) await writer.send(new Uint8Array(i % 331).fill(i));
    await writer.close();
  })();
  let i = 0;
  for await (const message of reader) {
    if (message.length !== i % 331 || message.some((byte) => byte !== (i & 0xff))) throw new Error(`message ${i}`);
    i++;
  }
  assertEquals(i, rounds);
  await sending;
});

test("tryReceive() says undefined for nothing now, and null at the end, again and again", async () => {
  using made = channel();
  using reader = made.channel.reader();
  assertEquals(reader.tryReceive(), undefined);
  const writer = made.channel.writer();
  assertEquals(reader.tryReceive(), undefined);
  await writer.send("last");
  await writer.close();
  assertEquals(text(reader.tryReceive()), "last");
  assertEquals([reader.tryReceive(), await reader.receive(), reader.receiveSync()], [null, null, null]);
});

test("receive({ into }) fills memory of the caller's, and leaves a message that is longer", async () => {
  using made = channel();
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  await writer.send("twelve bytes");
  await writer.send(new Uint8Array(10_000).fill(7));
  await writer.flush();
  const memory = new Uint8Array(10_000);
  assertThrows(() => reader.tryReceive({ into: memory.subarray(0, 11) }), RangeError, "12 bytes");
  assertEquals(text(await reader.receive({ into: memory })), "twelve bytes");
  await assertRejects(() => reader.receive({ into: memory.subarray(1) }), RangeError, "10000 bytes");
  const received = await reader.receive({ into: memory });
  assertEquals([received!.buffer === memory.buffer, received!.length, memory.every((byte) => byte === 7)], [
    true,
    10_000,
    true,
  ]);
});

test("receive() that is given up takes nothing, whether by signal or by timeout, within 50 ms", async () => {
  using made = channel();
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  const start = performance.now();
  const timedOut = await assertRejects(() => reader.receive({ timeout: 20 }), DOMException, "Timed out after 20 ms");
  assertEquals(timedOut.name, "TimeoutError");
  assert(performance.now() - start < within(70));
  const controller = new AbortController();
  const waiting = reader.receive({ signal: controller.signal });
  const other = reader.receive();
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await writer.send("for the other");
  assertEquals(text(await other), "for the other");
  await assertRejects(() => reader.receive({ signal: AbortSignal.abort(new Error("before")) }), Error, "before");
  await assertRejects(() => reader.receive({ timeout: -1 }), RangeError);
  assertThrows(() => reader.receiveSync({ timeout: 10 }), DOMException, "Timed out after 10 ms");
});

test("a reader that is closed while it waits rejects, and leaves its messages to the next one", async () => {
  using made = channel();
  const reader = made.channel.reader();
  await using writer = made.channel.writer();
  const waiting = reader.receive();
  reader.close();
  reader.close();
  await assertRejects(() => waiting, ClosedError);
  assertThrows(() => reader.tryReceive(), ClosedError);
  await assertRejects(() => reader.receive(), ClosedError);
  using first = made.channel.reader();
  for (const word of ["one", "two", "three"]) await writer.send(word);
  assertEquals(text(await first.receive()), "one");
  first.close();
  using second = made.channel.reader();
  assertEquals([text(await second.receive()), text(await second.receive())], ["two", "three"]);
});

test("each message goes to one of many readers, in this process and in others", async () => {
  using made = channel({ capacity: 10_000 });
  const total = count(20_000);
  const receiving = `using reader = channel.reader(); say("READY"); let n = 0, sum = 0;
    for await (const message of reader) { n++; sum += new Uint32Array(message.slice().buffer)[0]; } say([n, sum]);`;
  await using one = await withChannel(made.channel, receiving);
  await using two = await withChannel(made.channel, receiving);
  const writer = made.channel.writer();
  for (let i = 0; i < total; i++) await writer.send(new Uint8Array(Uint32Array.of(i).buffer));
  await writer.close();
  const [a, b] = [JSON.parse(await one.line()), JSON.parse(await two.line())];
  assertEquals([a[0] + b[0], a[1] + b[1]], [total, total * (total - 1) / 2]);
});

test("a reader that is killed loses at most the message in its hand", async () => {
  using made = channel();
  const writer = made.channel.writer();
  for (let i = 0; i < 1_000; i++) await writer.send(new Uint8Array(Uint32Array.of(i).buffer));
  await writer.flush();
  await using victim = await withChannel(
    made.channel,
    `using reader = channel.reader();
    for (let i = 0; i < 100; i++) await reader.receive(); say("READY"); process(); function process() { for (;;) {} }`,
  );
  victim.kill("SIGKILL");
  await victim.end();
  using reader = made.channel.reader();
  const next = await reader.receive({ timeout: within(1_000) });
  assertEquals(new Uint32Array(next!.slice().buffer)[0], 100);
  await writer.close();
});

test("receive() learns of the death of the last writer after its last message, within 100 ms", async () => {
  using made = channel();
  using reader = made.channel.reader();
  await using victim = await withChannel(
    made.channel,
    `const writer = channel.writer(); await writer.send("last words"); await writer.flush(); say("READY"); await told();`,
  );
  assertEquals(text(await reader.receive()), "last words");
  const waiting = assertRejects(() => reader.receive(), Deno.errors.ConnectionReset, "ECONNRESET");
  // The wait is a thread's in the kernel by then.
  await assertRejects(() => reader.receive({ timeout: 10 }), DOMException);
  const start = performance.now();
  victim.kill("SIGKILL");
  await waiting;
  assert(performance.now() - start < within(100));
  assertThrows(() => reader.receiveSync(), Deno.errors.ConnectionReset);
  // A new writer makes it a channel again.
  const writer = made.channel.writer();
  await writer.send("hello");
  await writer.close();
  assertEquals([text(await reader.receive()), await reader.receive()], ["hello", null]);
});

test("receiveSync() that blocks learns of messages and of the death of the writer as well", async () => {
  using made = channel();
  using reader = made.channel.reader();
  await using writer = await withChannel(
    made.channel,
    `const writer = channel.writer(); say("READY"); await told(); await writer.send("hello"); await writer.flush();
    await turn(50); Deno.kill(Deno.pid, "SIGKILL");`,
  );
  await writer.tell("go");
  assertEquals(text(reader.receiveSync({ timeout: within(5_000) })), "hello");
  assertThrows(() => reader.receiveSync({ timeout: within(5_000) }), Deno.errors.ConnectionReset);
});

test("readable gives the messages as chunks and ends; cancelling it closes the reader", async () => {
  using made = channel();
  const reader = made.channel.reader();
  const writer = made.channel.writer();
  for (const word of ["one", "", "two"]) await writer.send(word);
  await writer.close();
  assertEquals(await Array.fromAsync(reader.readable.pipeThrough(new TextDecoderStream())), ["one", "two"]);
  assert(reader.closed);
  const other = made.channel.reader();
  await other.readable.cancel();
  assert(other.closed);
});

test("readers in many waits are all told that the channel was removed", async () => {
  using made = channel();
  using reader = made.channel.reader();
  using _writer = { [Symbol.dispose]: ((writer) => () => void writer.close().catch(() => {}))(made.channel.writer()) };
  const waits = Array.from({ length: 64 }, () => reader.receive().catch((error) => error.code));
  await assertRejects(() => reader.receive({ timeout: 20 }), DOMException);
  const start = performance.now();
  made.channel.remove();
  assertEquals(await Promise.all(waits), new Array(64).fill("EIDRM"));
  assert(performance.now() - start < within(1_000));
  assertThrows(() => reader.tryReceive(), Error, "identifier removed (EIDRM, semop)");
});

test("all readers that wait come to the end once the last writer has closed", async () => {
  using made = channel();
  const readers = Array.from({ length: 4 }, () => made.channel.reader());
  const writer = made.channel.writer();
  const waits = readers.flatMap((reader) => [reader.receive(), reader.receive()]);
  await assertRejects(() => readers[0]!.receive({ timeout: 20 }), DOMException);
  await writer.close();
  assertEquals(await Promise.all(waits), new Array(8).fill(null));
});

test("all readers that wait learn that the last writer has died", async () => {
  using made = channel();
  const readers = Array.from({ length: 4 }, () => made.channel.reader());
  await using victim = await withChannel(made.channel, `const writer = channel.writer(); say("READY"); await told();`);
  const waits = readers.map((reader) => reader.receive().catch((error) => error.code));
  await assertRejects(() => readers[0]!.receive({ timeout: 20 }), DOMException);
  victim.kill("SIGKILL");
  assertEquals(await Promise.all(waits), new Array(4).fill("ECONNRESET"));
});

test("a message that is too long for the reader that was woken goes to another one that waits", async () => {
  using made = channel();
  using one = made.channel.reader();
  using two = made.channel.reader();
  await using writer = made.channel.writer();
  const short = assertRejects(() => one.receive({ into: new Uint8Array(1) }), RangeError, "A message of 4 bytes");
  await assertRejects(() => one.receive({ timeout: 20 }), DOMException);
  const waiting = two.receive();
  await assertRejects(() => two.receive({ timeout: 20 }), DOMException);
  await writer.send("long");
  await short;
  assertEquals(text(await waiting), "long");
});

test("a reader that was alone has given its lock back when this thread blocks", async () => {
  using made = channel();
  using one = made.channel.reader();
  await using writer = made.channel.writer();
  for (const word of ["one", "two", "three"]) await writer.send(word);
  assertEquals(text(await one.receive()), "one");
  using two = made.channel.reader();
  assertEquals(text(one.receiveSync()), "two");
  assertEquals(text(two.receiveSync({ timeout: within(1_000) })), "three");
});

test("an open reader or writer keeps no program alive, a receive that waits does", async () => {
  using made = channel();
  await using writer = made.channel.writer();
  await using idle = await withChannel(
    made.channel,
    `const [reader, writer] = [channel.reader(), channel.writer()]; await writer.send("sent"); await reader.receive();
    say("READY"); input.return();`,
  );
  assertEquals(await idle.end(), { code: 0, signal: null, rest: "", stderr: "" });
  await using waiting = await withChannel(
    made.channel,
    `const reader = channel.reader(); say("READY"); input.return();
    say(new TextDecoder().decode(await reader.receive()));`,
  );
  {
    using reader = made.channel.reader();
    await assertRejects(() => reader.receive({ timeout: 50 }), DOMException);
  }
  await writer.send("at last");
  assertEquals(await waiting.end(), { code: 0, signal: null, rest: "at last\n", stderr: "" });
});

test("receiveMany() gives what is there, in order, and waits, gives up and ends as receive() does", async () => {
  using made = channel({ capacity: 200_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  assertEquals(reader.tryReceiveMany(), undefined);
  await assertRejects(() => reader.receiveMany({ timeout: 10 }), DOMException, "Timed out after 10 ms");
  assertThrows(() => reader.receiveManySync({ timeout: 10 }), DOMException, "Timed out after 10 ms");
  const lengths = [0, 5, 4_096, 70_000, 5, 20];
  for (const length of lengths) await writer.send(new Uint8Array(length).fill(length));
  await writer.close();
  const received: Uint8Array[] = [];
  for (let messages; (messages = await reader.receiveMany()) !== null;) received.push(...messages);
  assertEquals(received, lengths.map((length) => new Uint8Array(length).fill(length)));
  assertEquals([reader.tryReceiveMany(), reader.receiveManySync()], [null, null]);
});

test("receiveMany() takes all that it gives and no more, and one with other readers", async () => {
  using made = channel();
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  for (let i = 0; i < 2_000; i++) await writer.send(new Uint8Array(56).fill(i));
  await writer.flush();
  const first = reader.tryReceiveMany()!;
  assertEquals([first.length, made.channel.stat().used], [1_024, (2_000 - 1_024) * 64]);
  using other = made.channel.reader();
  assertEquals([other.tryReceiveMany()!.length, reader.tryReceiveMany()!.length], [1, 1]);
  assertEquals((await reader.receive())![0], 1_026 & 0xff);
});
