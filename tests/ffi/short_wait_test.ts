/** Waiting for a moment before the loop is asked. */
import { newClock, ShortWait } from "../../ffi/short_wait.ts";
import { LoopTurn } from "../../ffi/loop_turn.ts";
import { goRound, isSoonReady, READABLE, ready, WRITABLE } from "../../ffi/reactor.ts";
import { close, write } from "../../ffi/unistd.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, test, within } from "../support/mod.ts";

const byte = new Uint8Array(1);
const clock = newClock();

test("ShortWait finds what has come, as poll(2) tells it", () => {
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  const short = new ShortWait(clock, { seen: Infinity });
  assertEquals(short.events(writer.number, WRITABLE), WRITABLE);
  assertEquals(short.events(reader.number, READABLE), 0);
  write(writer.number, byte, 1);
  // After one in vain the next one is not tried.
  assertEquals(short.events(reader.number, READABLE), 0);
  assertEquals(short.events(reader.number, READABLE), READABLE);
});

test("ShortWait leaves it to the loop until that has had its turn, and again 10 ms later", () => {
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  const turn = new LoopTurn();
  const short = new ShortWait(clock, turn);
  assertEquals(short.events(writer.number, WRITABLE), 0);
  turn.now();
  assertEquals(short.events(writer.number, WRITABLE), WRITABLE);
  const start = performance.now();
  while (short.events(writer.number, WRITABLE) !== 0);
  assert(performance.now() - start >= 9, "the loop had its turn for no reason");
});

test("ShortWait tries ever more seldom where nothing comes", () => {
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  const short = new ShortWait(clock, { seen: Infinity });
  let tried = 0;
  for (let i = 0; i < 10_000; i++) {
    const start = performance.now();
    short.events(reader.number, READABLE);
    // What was not tried takes no time at all.
    if (performance.now() - start >= 0.1) tried++;
  }
  // 2, 5, 12, 27, ... 1,024 waits apart: nineteen, and a few in which this process was held up.
  assert(tried >= 10 && tried < 60, `${tried} times`);
});

for (const [clocked, its] of [["a clock", clock], ["no clock", -1]] as const) {
  test(`ShortWait with ${clocked} finds what comes, and ends where nothing does`, () => {
    const { reader, writer } = pipe();
    using _reader = reader;
    using _writer = writer;
    const short = new ShortWait(its, { seen: Infinity });
    const begin = performance.now();
    for (let tried = 0; tried < 10; tried++) {
      while (short.events(writer.number, WRITABLE) === 0);
      assertEquals(short.events(reader.number, READABLE), 0);
    }
    // Ten moments, of a millisecond each at most; the rest is for a machine that is busy.
    assert(performance.now() - begin < within(500), "a moment does not end");
    write(writer.number, byte, 1);
    while (short.events(reader.number, READABLE) === 0);
  });
}

test("ShortWait leaves a descriptor that is not open to the loop", () => {
  const { reader, writer } = pipe();
  const number = reader.number;
  reader.close();
  writer.close();
  const short = new ShortWait(clock, { seen: Infinity });
  assertEquals(short.events(number, READABLE), 0);
  assert(close(number) < 0);
});

test("isSoonReady() looks while a child runs, and not while something else is waited for", async () => {
  await using child = spawn(["cat"], { stdin: "piped" });
  const { reader, writer } = pipe();
  using _reader = reader;
  using _writer = writer;
  // A loop that had its turn too long ago is asked first: a machine that is busy may take that long.
  const looks = async () => {
    await goRound();
    return isSoonReady(writer.number, WRITABLE);
  };
  let tries = 0;
  while (!await looks()) assert(++tries < 1_000, "it never looks");
  const wait = ready(reader.number, READABLE);
  for (let i = 0; i < 3; i++) assert(!await looks(), "the other one was kept waiting");
  wait.cancel();
  await wait.result;
  child.stdin.close();
  await child.status;
});

test("ready() lets timers have their turn in a dialog that never leaves the program time", async () => {
  await using child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  let fired = false;
  const timer = setTimeout(() => fired = true, 5);
  try {
    const start = performance.now();
    while (!fired && performance.now() - start < 5_000) {
      await writer.write(byte);
      await reader.read();
    }
    assert(fired, "the timer had no turn");
  } finally {
    clearTimeout(timer);
    await writer.close();
    await reader.cancel();
  }
});
