import { ClosedError } from "../../lib/core/mod.ts";
import type { ChannelReader, ChannelWriter } from "../../lib/sysv/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, count, test, within } from "../support/mod.ts";
import { channel, text, withChannel } from "./channels.ts";

/** Fill the channel and what is gathered before it; how many messages that takes. */
function fill(writer: ChannelWriter): number {
  let n = 0;
  while (writer.trySend(new Uint8Array(92).fill(n))) n++;
  while (writer.trySend("")) n++;
  return n;
}

/** Receive what was filled in. */
async function drain(reader: ChannelReader, filled: number): Promise<void> {
  for (let i = 0; i < filled; i++) {
    const message = (await reader.receive())!;
    assert(message.length === 0 || message[0] === i, `message ${i}`);
  }
}

test("send() waits while the channel is full, and nothing is lost", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  const total = count(20_000);
  let sent = 0;
  const sending = (async () => {
    for (; sent < total; sent++) await writer.send(new Uint8Array(Uint32Array.of(sent, 0, 0).buffer));
    await writer.close();
  })();
  await assertRejects(() => writer.flush({ timeout: 20 }), DOMException, "Timed out after 20 ms");
  assert(made.channel.stat().used > 900);
  for (let i = 0; i < total; i++) assertEquals(new Uint32Array((await reader.receive())!.slice().buffer)[0], i);
  await sending;
  assertEquals(await reader.receive(), null);
});

test("send() that is given up sends nothing, and those behind it keep their order", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  const filled = fill(writer);
  const controller = new AbortController();
  const first = writer.send("first");
  const aborted = writer.send("aborted", { signal: controller.signal });
  const late = assertRejects(() => writer.send("late", { timeout: 20 }), DOMException, "Timed out after 20 ms");
  const second = writer.send("second");
  assertEquals(writer.trySend("not before the others"), false);
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await late;
  await drain(reader, filled);
  assertEquals([text(await reader.receive()), text(await reader.receive())], ["first", "second"]);
  await Promise.all([first, second, writer.close()]);
  assertEquals(await reader.receive(), null);
});

test("sendSync() has published when it returns, all that was sent before as well", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  writer.send("one");
  writer.sendSync("two");
  assertEquals([text(reader.tryReceive()), text(reader.tryReceive())], ["one", "two"]);
  const filled = fill(writer);
  assertThrows(() => writer.sendSync("no room", { timeout: 20 }), DOMException, "Timed out after 20 ms");
  await drain(reader, filled);
  assertEquals(reader.tryReceive(), undefined);
});

test("what is sent without waiting is published together, once the program does something else", async () => {
  using made = channel();
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  for (let i = 0; i < 10; i++) writer.trySend(`${i}`);
  assertEquals(made.channel.stat().used, 0);
  assertEquals(text(await reader.receive()), "0");
  assertEquals(made.channel.stat().used, 9 * 16);
});

test("a message that can never fit is refused, and the greatest that fits is not", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  assertThrows(() => writer.trySend(new Uint8Array(993)), RangeError, "A message of 993 bytes: this channel holds 992");
  await assertRejects(() => writer.send("x".repeat(993)), RangeError);
  await writer.send(new Uint8Array(992).fill(9));
  assertEquals(await reader.receive(), new Uint8Array(992).fill(9));
});

test("send() fails with EPIPE once the last reader has closed or died, also while it waits", async () => {
  using made = channel({ capacity: 1_000 });
  await using victim = await withChannel(
    made.channel,
    `const reader = channel.reader(); say("READY"); await told();`,
  );
  const writer = made.channel.writer();
  fill(writer);
  const waiting = assertRejects(() => writer.send(new Uint8Array(900)), Deno.errors.BrokenPipe, "EPIPE");
  await assertRejects(() => writer.flush({ timeout: 20 }), DOMException);
  const start = performance.now();
  victim.kill("SIGKILL");
  await waiting;
  assert(performance.now() - start < within(100));
  assertThrows(() => writer.trySend("more"), Deno.errors.BrokenPipe);
  await writer.close();
  const other = made.channel.writer();
  other.trySend("nobody is there");
  await assertRejects(() => other.close(), Deno.errors.BrokenPipe);
  assert(other.closed);
});

test("what was sent before the first reader came is there for it", async () => {
  using made = channel();
  const writer = made.channel.writer();
  await writer.send("early");
  await writer.close();
  using reader = made.channel.reader();
  assertEquals([text(await reader.receive()), await reader.receive()], ["early", null]);
});

test("many writers in many processes lose nothing, and each keeps its order", async () => {
  using made = channel({ capacity: 20_000 });
  using reader = made.channel.reader();
  const each = count(10_000);
  const sending = (id: number) =>
    `const writer = channel.writer(); say("READY"); await told();
    for (let i = 0; i < ${each}; i++) await writer.send(new Uint8Array(Uint32Array.of(${id}, i).buffer));
    await writer.close();`;
  const subjects = await Promise.all([0, 1, 2].map((id) => withChannel(made.channel, sending(id))));
  for (const subject of subjects) await subject.tell("go");
  const next = [0, 0, 0];
  for await (const message of reader) {
    const [id, i] = new Uint32Array(message.slice().buffer);
    if (next[id!]! !== i) throw new Error(`writer ${id}: ${i} instead of ${next[id!]}`);
    next[id!] = i! + 1;
  }
  assertEquals(next, [each, each, each]);
  for (const subject of subjects) assertEquals((await subject.end()).stderr, "");
});

test("writers that are killed in the middle leave whole messages, and the lock free", async () => {
  using made = channel({ capacity: 4_000 });
  using reader = made.channel.reader();
  const writing = `const writer = channel.writer(); say("READY");
    for (let i = 0;; i++) await writer.send(new Uint8Array(i % 100).fill(i % 100));`;
  for (let round = 0; round < 5; round++) {
    await using victim = await withChannel(made.channel, writing);
    let received = 0;
    const receiving = (async () => {
      for await (const message of reader) {
        if (message.some((byte) => byte !== message.length)) throw new Error("torn");
        if (++received === 1_000) victim.kill("SIGKILL");
      }
    })();
    await assertRejects(() => receiving, Deno.errors.ConnectionReset);
    assert(received >= 1_000);
  }
  const writer = made.channel.writer();
  await writer.send("still good");
  await writer.close();
  assertEquals([text(await reader.receive()), await reader.receive()], ["still good", null]);
});

test("writable sends its chunks with back-pressure, and closes the writer", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  const source = ReadableStream.from(Array.from({ length: 100 }, (_, i) => new Uint8Array(50).fill(i)));
  const piping = source.pipeTo(writer.writable);
  let i = 0;
  for await (const message of reader) assertEquals(message, new Uint8Array(50).fill(i++));
  assertEquals(i, 100);
  await piping;
  assert(writer.closed);
});

test("a writer that is closed publishes what was sent, and refuses the rest", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  const filled = fill(writer);
  const waiting = writer.send("one more");
  const closing = writer.close();
  await drain(reader, filled);
  assertEquals(text(await reader.receive()), "one more");
  await Promise.all([waiting, closing, writer.close()]);
  assertThrows(() => writer.trySend("late"), ClosedError);
  await assertRejects(() => writer.send("late"), ClosedError);
  await assertRejects(() => writer.flush(), ClosedError);
});

test("all writers that wait for room learn that the last reader has closed", async () => {
  using made = channel({ capacity: 1_000 });
  const reader = made.channel.reader();
  const writers = Array.from({ length: 4 }, () => made.channel.writer());
  for (const writer of writers) fill(writer);
  const waits = writers.map((writer) => writer.flush().catch((error) => error.code));
  await assertRejects(() => writers[0]!.flush({ timeout: 20 }), DOMException);
  reader.close();
  assertEquals(await Promise.all(waits), new Array(4).fill("EPIPE"));
  for (const writer of writers) await writer.close();
});

test("close() tells of what could not be published, unless that was told already", async () => {
  using made = channel();
  made.channel.reader().close();
  const writer = made.channel.writer();
  writer.trySend("nobody is there");
  await new Promise((resolve) => setTimeout(resolve, 0));
  await assertRejects(() => writer.close(), Deno.errors.BrokenPipe);
  assert(writer.closed);
  const other = made.channel.writer();
  other.trySend("nobody is there");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertThrows(() => other.trySend("nobody is there"), Deno.errors.BrokenPipe);
  await other.close();
});

test("a writer that is being closed takes no more, so that nothing is lost", async () => {
  using made = channel({ capacity: 1_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  const filled = fill(writer);
  const closing = writer.close();
  await assertRejects(() => writer.send("late"), ClosedError);
  assertThrows(() => writer.trySend("late"), ClosedError);
  assertEquals((await Array.fromAsync(reader)).length, filled);
  await closing;
});

test("what was sent is published before this thread blocks for something else", async () => {
  using made = channel();
  using answers = channel();
  await using _echo = await withChannel(
    made.channel,
    `import { Channel as C } from "vasty/lib/sysv/mod.ts"; const to = C.fromId(${answers.channel.id});
    const reader = channel.reader(), writer = to.writer(); say("READY");
    for await (const message of reader) { await writer.send(message); }`,
  );
  using reader = answers.channel.reader();
  await using writer = made.channel.writer();
  await writer.send("question");
  assertEquals(text(reader.receiveSync({ timeout: within(5_000) })), "question");
});

test("sendSync() throws if a handler closes the writer meanwhile", async () => {
  using made = channel({ capacity: 1_000 });
  await using subject = await withChannel(
    made.channel,
    `const writer = channel.writer(); while (writer.trySend(new Uint8Array(92)));
    sigaction("USR1", () => writer.abandon()); say("READY");
    try { writer.sendSync(new Uint8Array(92)); say("sent"); } catch (error) { say(error.name); }`,
  );
  subject.kill("SIGUSR1");
  // It waits for room that there is now.
  using reader = made.channel.reader();
  await reader.receive();
  assertEquals(await subject.line(), "ClosedError");
});
