import { ClosedError } from "../../lib/core/mod.ts";
import { Channel, IPC_PRIVATE, SharedMemory } from "../../lib/sysv/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test } from "../support/mod.ts";
import { channel, text } from "./channels.ts";

const KEY = 0xc4a77e11;

test("create() finds what is there by its key, open() and fromId() as well", async () => {
  using made = Channel.create(KEY, { capacity: 5_000, mode: 0o640 });
  try {
    using again = Channel.create(KEY, { capacity: 100 });
    using opened = Channel.open(KEY);
    using told = Channel.fromId(made.id);
    assertEquals([again.stat().capacity, opened.key, told.id, told.key], [5_000, KEY, made.id, KEY]);
    await using writer = again.writer();
    using reader = told.reader();
    await writer.send("through another object");
    assertEquals(text(await reader.receive()), "through another object");
    assertEquals(opened.stat(), { capacity: 5_000, used: 0, writers: 1, readers: 1 });
    assertThrows(() => Channel.create(KEY, { exclusive: true }), Deno.errors.AlreadyExists, "0xc4a77e11");
  } finally {
    made.remove();
  }
  assertThrows(() => Channel.open(KEY), Deno.errors.NotFound, "0xc4a77e11");
});

test("what is no channel is refused, and left as it was", () => {
  using memory = SharedMemory.create(KEY, 4_096);
  try {
    memory.write("something else");
    assertThrows(() => Channel.open(KEY), Error, "what is there is no channel");
    assertThrows(() => Channel.fromId(memory.id), Error, "no channel");
    assertEquals(text(memory.read(14)), "something else");
  } finally {
    memory.remove();
  }
});

test("numbers that make no channel are refused before any call", () => {
  for (const capacity of [15, 1.5, -1, NaN, Infinity]) {
    assertThrows(() => Channel.create(IPC_PRIVATE, { capacity }), RangeError, "capacity");
  }
  assertThrows(() => Channel.create(2 ** 32), RangeError, "key");
  assertThrows(() => Channel.fromId(-1), RangeError, "id");
});

test("closing a channel closes its ends, and using it afterwards is an error, never a crash", async () => {
  using made = channel();
  const other = Channel.fromId(made.channel.id);
  const reader = other.reader();
  const writer = other.writer();
  const waiting = reader.receive();
  writer.trySend("lost, as a rule");
  other.close();
  other.close();
  await assertRejects(() => waiting, ClosedError);
  assert(reader.closed && writer.closed);
  assertThrows(() => reader.tryReceive(), ClosedError);
  assertThrows(() => writer.trySend("late"), ClosedError);
  for (const use of [() => other.reader(), () => other.writer(), () => other.stat(), () => other.remove()]) {
    assertThrows(use, ClosedError);
  }
  const { writers, readers } = made.channel.stat();
  assertEquals([writers, readers], [0, 0]);
});

test("ends come and go as often as one likes", async () => {
  using made = channel();
  for (let i = 0; i < 1_000; i++) {
    using reader = made.channel.reader();
    const writer = made.channel.writer();
    writer.trySend(`${i}`);
    await writer.close();
    assertEquals(text(await reader.receive()), `${i}`);
  }
});

test("a channel needs libc and nothing else, and ends with its program", async () => {
  const { stdout, stderr } = await denoSource(`
    import { Channel, IPC_PRIVATE } from "vasty/mod.ts";
    using channel = Channel.create(IPC_PRIVATE);
    using reader = channel.reader();
    await using writer = channel.writer();
    const waiting = reader.receive();
    await writer.send("hello");
    console.log(new TextDecoder().decode(await waiting));
    channel.remove();
  `);
  assertEquals([stdout, stderr], ["hello\n", ""]);
});
