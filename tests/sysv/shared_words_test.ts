import { captureSync, ClosedError, IPC_PRIVATE, SharedMemory, sigaction } from "../../mod.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { kill } from "../../ffi/signal.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  denoSource,
  EMULATED,
  sample,
  test,
  within,
} from "../support/mod.ts";

/** Private memory that is gone at the end of the block. */
function memory(size = 64): SharedMemory {
  const made = SharedMemory.create(IPC_PRIVATE, size);
  made.remove();
  return made;
}

test("SharedWords are loaded, stored, added to, exchanged and compared as Atomics does on an Int32Array", () => {
  using words = memory();
  const model = new Int32Array(2);
  const steps: [ours: number, theirs: number][] = [
    [words.store(4, -1), Atomics.store(model, 1, -1)],
    [words.load(4), Atomics.load(model, 1)],
    [words.add(4, 2 ** 31 - 1), Atomics.add(model, 1, 2 ** 31 - 1)],
    [words.add(4, 5), Atomics.add(model, 1, 5)],
    [words.load(4), Atomics.load(model, 1)],
    [words.exchange(4, 0xffff_fffe), Atomics.exchange(model, 1, 0xffff_fffe)],
    [words.compareExchange(4, 3, 7), Atomics.compareExchange(model, 1, 3, 7)],
    [words.compareExchange(4, -2, -(2 ** 31)), Atomics.compareExchange(model, 1, -2, -(2 ** 31))],
    [words.load(4), Atomics.load(model, 1)],
    [words.load(0), Atomics.load(model, 0)],
  ];
  for (const [ours, theirs] of steps) assertEquals(ours, theirs);
});

test("SharedWords refuse places and values that are none", async () => {
  using words = memory(10);
  for (const offset of [1, 2, 0.5, NaN]) assertThrows(() => words.load(offset), RangeError, "a multiple of 4");
  for (const offset of [-4, 8, 2 ** 40]) assertThrows(() => words.load(offset), RangeError, "do not lie in");
  for (const value of [2 ** 32, -(2 ** 31) - 1, 0.5, NaN]) {
    assertThrows(() => words.store(0, value), RangeError, "an integer of 32 bits");
    await assertRejects(() => words.wait(0, value), RangeError, "an integer of 32 bits");
  }
  for (const count of [0, -1, 0.5, NaN]) assertThrows(() => words.wake(0, count), RangeError, "count is");
  assertThrows(() => words.waitSync(0, 0, { timeout: -1 }), RangeError, "timeout must be");
});

test("wait() returns at once where another word is, and when it is woken; wake() tells how many it woke", async () => {
  using words = memory();
  using same = SharedMemory.fromId(words.id);
  assertEquals([await words.wait(0, 1), words.waitSync(0, 1), words.wake(0)], ["different", "different", 0]);
  words.store(8, -5);
  const waiting = [words.wait(8, -5), same.wait(8, 0xffff_fffb), words.wait(8, -5)];
  let woken = 0;
  // Who is not asleep yet is not woken, and nothing tells when somebody is.
  while (woken < 1) woken += same.wake(8);
  while (woken < 3) woken += words.wake(8, Infinity);
  assertEquals([await Promise.all(waiting), words.wake(8)], [["woken", "woken", "woken"], 0]);
});

test("wait() that is aborted, late or detached ends within 50 ms and takes no wake from others", async () => {
  using words = memory();
  const late = await words.wait(0, 0, { timeout: 5 }).catch((error) => error.name);
  const now = await words.wait(0, 0, { timeout: 0 }).catch((error) => error.name);
  const aborted = await assertRejects(() => words.wait(0, 0, { signal: AbortSignal.abort(new Error("no")) }), Error);
  assertEquals([late, now, aborted.message], ["TimeoutError", "TimeoutError", "no"]);
  const controller = new AbortController();
  const given = words.wait(0, 0, { signal: controller.signal }).catch((error) => error);
  const other = words.wait(0, 0);
  let start = performance.now();
  controller.abort("enough");
  assertEquals(await given, "enough");
  assert(performance.now() - start < within(50));
  while (words.wake(0) === 0);
  assertEquals([await other, words.wake(0)], ["woken", 0]);
  const closing = SharedMemory.fromId(words.id);
  const closed = closing.wait(0, 0).catch((error) => error);
  start = performance.now();
  closing.detach();
  assert(await closed instanceof ClosedError && performance.now() - start < within(50));
  assertEquals(words.stat().attached, 1);
});

test("waitSync() is late, is woken, and runs handlers, whose errors it throws", async () => {
  using words = memory();
  const late = assertThrows(() => words.waitSync(0, 0, { timeout: 5 }), DOMException);
  assertEquals(late.name, "TimeoutError");
  const source = `
    import { SharedMemory } from "vasty/mod.ts";
    using memory = SharedMemory.fromId(${words.id});
    console.log(memory.waitSync(0, 0, { timeout: 30_000 }), memory.load(0));`;
  const child = denoSource(source);
  const waker = denoSource(`
    import { SharedMemory } from "vasty/mod.ts";
    using memory = SharedMemory.fromId(${words.id});
    while (memory.wake(0) === 0) if (memory.exchange(4, 1) === 9) break;
    memory.store(0, 3);`);
  const said = await child;
  words.store(4, 9);
  await waker;
  assertEquals([said.stderr, said.stdout.split(" ")[0]], ["", "woken"]);
  using _handler = sigaction("USR2", () => {
    throw new Error("from the handler");
  });
  words.store(0, 0);
  const sender = new Deno.Command("sh", { args: ["-c", `kill -USR2 ${Deno.pid}`] }).spawn();
  assertThrows(() => words.waitSync(0, 0, { timeout: 30_000 }), Error, "from the handler");
  await sender.status;
});

test("waitSync() ends where a handler detaches the memory, and wait() of memory that can only be read is woken", async () => {
  using words = memory();
  const detached = SharedMemory.fromId(words.id);
  using readOnly = SharedMemory.fromId(words.id, { readOnly: true });
  {
    using _handler = sigaction("USR2", () => detached.detach());
    const sender = new Deno.Command("sh", { args: ["-c", `kill -USR2 ${Deno.pid}`] }).spawn();
    assertThrows(() => detached.waitSync(0, 0, { timeout: 30_000 }), ClosedError, "closed while it was waited for");
    await sender.status;
  }
  const waiting = readOnly.wait(0, 0);
  while (words.wake(0) === 0);
  assertEquals([await waiting, words.stat().attached], ["woken", 2]);
});

test("waitSync() ends where a handler detaches the memory before the thread that waits has fallen asleep", async () => {
  const source = `
    import { captureSync, IPC_PRIVATE, kill, SharedMemory, sigaction } from "vasty/mod.ts";
    using words = SharedMemory.create(IPC_PRIVATE, 64);
    words.remove();
    const outcome = (memory, timeout) => {
      try {
        return memory.waitSync(0, 0, { timeout });
      } catch (error) {
        return error.name;
      }
    };
    outcome(words, 1);
    // The thread runs only while this one waits for something.
    const found = captureSync(["sh", "-c", "grep -lx vasty-worker /proc/$1/task/*/comm", "sh", "" + Deno.pid]);
    for (const [, tid] of found.stdout.matchAll(/task.(\\d+)/g)) captureSync(["chrt", "-i", "-p", "0", tid]);
    for (let i = 0; i < 10; i++) {
      const detached = SharedMemory.fromId(words.id);
      using _handler = sigaction("USR2", () => detached.detach());
      kill(Deno.pid, "USR2");
      console.log(outcome(detached, 10_000));
    }`;
  const allowed = captureSync(["taskset", "-c", "-p", `${Deno.pid}`]).stdout.split(":")[1]!;
  const under = ["taskset", "-c", /\d+/.exec(allowed)![0]];
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run"], under });
  assertEquals([stdout, stderr], ["ClosedError\n".repeat(10), ""]);
}, { skip: sample(false), needs: ["chrt", "taskset"] });

test("add() of several processes at once loses nothing", async () => {
  using words = memory();
  const rounds = EMULATED ? 100 : 20_000;
  const source = `
    import { SharedMemory } from "vasty/mod.ts";
    using memory = SharedMemory.fromId(${words.id});
    for (let i = 0; i < ${rounds}; i++) memory.add(12, 1);`;
  const ended = await Promise.all([1, 2, 3].map(() => denoSource(source)));
  assertEquals([ended.map(({ stderr }) => stderr).join(""), words.load(12)], ["", 3 * rounds]);
});

test("waitSync() that a handler ends although it was woken wakes another one instead", () => {
  using words = memory();
  let others = 0;
  const wake = words.wake.bind(words);
  words.wake = (offset, count) => {
    others++;
    return wake(offset, count);
  };
  using _handler = sigaction("USR2", () => {
    // The one that sleeps is this thread's.
    while (wake(0) === 0);
    throw new Error("from the handler");
  });
  kill(Deno.pid, SIGNAL.SIGUSR2);
  assertThrows(() => words.waitSync(0, 0, { timeout: within(30_000) }), Error, "from the handler");
  assertEquals(others, 1);
});
