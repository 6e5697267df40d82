import { ClosedError, shared, SharedMemory, sharedSync, struct, SyscallError, type ValueOf } from "../../mod.ts";
import { isGone } from "../../lib/sysv/shared_state.ts";
import { assert, assertEquals, assertRejects, assertThrows, EMULATED, test, within } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { KEYS, printed, removing, started, State } from "./variable.ts";

const KEY = KEYS.state;
type Value = ValueOf<typeof State>;

test("update() of four processes adds up exactly, under ffi for libc alone", async () => {
  using state = await shared(KEY, State);
  using _removing = removing(state);
  const rounds = EMULATED ? 20 : 1_000;
  const source = (kind: string) => `
    using state = await shared(${KEY}, State);
    for (let i = 0; i < ${rounds}; i++) {
      ${kind}((value) => {
        value.count++;
        value.total += 3n;
        value.ages.set("n", value.count % 256);
      });
    }`;
  const kinds = ["await state.update", "await state.update", "state.updateSync", "state.updateSync"];
  await Promise.all(kinds.map((kind) => printed(source(kind))));
  const { count, total, ages } = state.read();
  assertEquals([count, total, ages.get("n"), state.version], [
    4 * rounds,
    12n * BigInt(rounds),
    4 * rounds % 256,
    4 * rounds,
  ]);
});

test("update() gives a copy to change, and its result; read() gives copies", async () => {
  using state = await shared(KEY, State);
  using _removing = removing(state);
  const result = await state.update(async (value) => {
    value.names.push("ann", "bob");
    await Promise.resolve();
    value.ages.set("ann", 3).set("bob", 255);
    return value.names.length;
  });
  const seen = state.read();
  seen.names.push("nobody");
  assertEquals([result, state.version], [2, 1]);
  assertEquals(state.read(), { count: 0, total: 0n, names: ["ann", "bob"], ages: new Map([["ann", 3], ["bob", 255]]) });
  assertEquals(state.updateSync((value) => value.names.shift()), "ann");
  assertEquals(state.updateSync((value) => value.ages.delete("ann")), true);
  assertEquals([state.read().names, [...state.read().ages]], [["bob"], [["bob", 255]]]);
});

test("update() that throws or does not fit changes nothing, and the next one goes on", async () => {
  using state = await shared(KEY, State, { initial: { names: ["a", "b", "c", "d"], count: 1 } });
  using _removing = removing(state);
  const before = state.read();
  const full = [1, 2, 3, 4].map((i) => [`${i}`, i] as const);
  const failing: [new (message: string) => Error, string, (value: Value) => unknown][] = [
    [Error, "from the change", (value) => {
      value.count = 2;
      throw new Error("from the change");
    }],
    [RangeError, "count: -1 does not fit into u32", (value) => value.count = -1],
    [RangeError, "total: 9223372036854775808 does not fit into i64", (value) => value.total = 2n ** 63n],
    [RangeError, "names: 5 do not fit into a list of 4", (value) => value.names.push("e")],
    [RangeError, "names[0]: text of 9 bytes does not fit", (value) => value.names[0] = "123456789"],
    [RangeError, "ages: 4 do not fit into a map of 3", (value) => value.ages = new Map(full)],
    [RangeError, "ages[ann]: 256 does not fit into u8", (value) => value.ages.set("ann", 256)],
    [TypeError, "count: string is not a number", (value) => value.count = "1" as unknown as number],
    [TypeError, 'there is no field "cuont"', (value) => Object.assign(value, { cuont: 1 })],
  ];
  for (const [kind, message, change] of failing) {
    await assertRejects(() => state.update(change), kind, message);
    assertThrows(() => state.updateSync(change), kind, message);
    await assertRejects(() => state.update((value) => Promise.resolve(value).then(change)), kind, message);
  }
  assertThrows(() => state.updateSync(async (value) => void await value), TypeError, "does not wait for a promise");
  await assertRejects(() => state.update(5 as unknown as () => void), TypeError, "is a function");
  assertEquals([state.read(), state.version], [before, 0]);
  assertEquals(await state.update((value) => ++value.count), 2);
});

test("update() waits, gives up in time and takes nothing; updateSync() does not wait for its own thread", async () => {
  using state = await shared(KEY, State);
  using _removing = removing(state);
  await using holder = await started(`
    using state = await shared(${KEY}, State);
    await state.update(async (value) => {
      console.log("READY");
      await told();
      value.count = 10;
    });
    console.log("DONE");
    await new Promise(() => setInterval(() => {}, 1e6));`);
  assertEquals(await holder.line(), "READY");
  const controller = new AbortController();
  const aborted = state.update((value) => void value.count++, { signal: controller.signal }).catch((error) => error);
  let start = performance.now();
  controller.abort("enough");
  assertEquals(await aborted, "enough");
  assert(performance.now() - start < within(50));
  start = performance.now();
  assertThrows(() => state.updateSync((value) => void value.count++, { timeout: 20 }), DOMException, "Timed out");
  const late = await state.update((value) => void value.count++, { timeout: 20 }).catch((error) => error.name);
  assert(performance.now() - start < within(500));
  const waiting = state.update((value) => value.count++);
  assertThrows(() => state.updateSync((value) => value.count++), Deno.errors.Busy, "to wait for ever");
  await holder.tell("go on");
  assertEquals([late, await waiting, state.read().count], ["TimeoutError", 10, 11]);
  assertEquals(state.updateSync((value) => value.count), 11);
});

test("read() never sees a value that is half changed", async () => {
  const Large = struct({ words: State.fields.names, from: "u32", middle: State.fields.ages, to: "u32" });
  using state = await shared(KEY, Large);
  using _removing = removing(state);
  await using writer = await started(`
    const Large = struct({ words: State.fields.names, from: "u32", middle: State.fields.ages, to: "u32" });
    using state = await shared(${KEY}, Large);
    const change = (value) => {
      value.from++;
      value.to++;
      value.words = Array(4).fill(String(value.from % 10).repeat(8));
    };
    state.updateSync(change);
    console.log("READY");
    for (;;) state.updateSync(change);`);
  assertEquals(await writer.line(), "READY");
  const versions = new Set<number>();
  for (let i = 0; i < (EMULATED ? 50 : 5_000); i++) {
    const { words, from, to } = state.read();
    assertEquals([to, words], [from, Array(4).fill(String(from % 10).repeat(8))]);
    versions.add(from);
  }
  assert(versions.size > 1);
  writer.kill("SIGKILL");
  await writer.end();
});

test("changed() waits until another process has changed it, and misses nothing", async () => {
  using state = await shared(KEY, State);
  using _removing = removing(state);
  assertEquals(await state.changed(5), 0);
  assertEquals(await state.changed(undefined, { timeout: 5 }).catch((error) => error.name), "TimeoutError");
  assertThrows(() => state.changedSync(0, { timeout: 5 }), DOMException, "Timed out");
  for (const version of [-1, 2 ** 32, 0.5]) assertThrows(() => state.changedSync(version), RangeError, "A version is");
  await assertRejects(() => state.changed(0, { signal: AbortSignal.abort(new Error("no")) }), Error, "no");
  const rounds = EMULATED ? 5 : 200;
  const echo = printed(`
    using state = await shared(${KEY}, State);
    for (let i = 0; i < ${rounds}; i++) {
      for (let version = state.version; state.read().count % 2 === 0; version = state.changedSync(version));
      await state.update((value) => void value.count++);
    }
    console.log("done");`);
  for (let i = 0; i < rounds; i++) {
    let version = state.version;
    await state.update((value) => void value.count++);
    while (state.read().count % 2 === 1) version = await state.changed(version, { timeout: 60_000 });
  }
  assertEquals([await echo, state.read().count], ["done", 2 * rounds]);
});

test("close() ends what waits, and the variable is still there; afterwards nothing can be done", async () => {
  using keeper = await shared(KEY, State);
  using _removing = removing(keeper);
  const state = sharedSync(KEY, State);
  const { promise, resolve } = Promise.withResolvers<void>();
  const change = keeper.update(() => promise);
  const waits = [state.update(() => {}), state.changed()].map((wait) => wait.catch((error) => error));
  state.close();
  state.close();
  for (const error of await Promise.all(waits)) assert(error instanceof ClosedError, `${error}`);
  resolve();
  await change;
  assertEquals([state.closed, keeper.closed], [true, false]);
  for (const use of [() => state.read(), () => state.version, () => state.updateSync(() => {}), () => state.remove()]) {
    assertThrows(use, ClosedError);
  }
  await assertRejects(() => state.update(() => {}), ClosedError, "0x8d5a0102 has been closed");
  const closing = sharedSync(KEY, State);
  await assertRejects(() => closing.update((value) => (value.count++, closing.close())), ClosedError);
  assertEquals(keeper.read().count, 0);
  await keeper.update((value) => void value.count++);
});

test("remove() makes changes fail everywhere; the last value can be read, and the next variable is a new one", async () => {
  using state = await shared(KEY, State, { initial: { count: 3 } });
  using other = sharedSync(KEY, State);
  state.remove();
  state.remove();
  other.remove();
  const error = await assertRejects(() => other.update((value) => void value.count++), SyscallError);
  assert(isGone(error), error.message);
  assertThrows(() => state.updateSync((value) => void value.count++), SyscallError);
  assertEquals([other.read().count, state.read().count], [3, 3]);
  using next = await shared(KEY, State);
  using _removing = removing(next);
  assertEquals([next.created, next.read().count], [true, 0]);
  assertEquals(isGone(assertThrows(() => SharedMemory.fromId(2 ** 31 - 1))), false);
});

test("update() and changed() go on where calls are interrupted", async () => {
  using state = await shared(KEY, State);
  using _removing = removing(state);
  const source = `
    using state = await shared(${KEY}, State);
    for (let i = 0; i < 50; i++) {
      await state.update((value) => void value.count++);
      state.updateSync((value) => void value.count++);
    }
    const changed = state.changed();
    await state.update((value) => void value.count++);
    console.log(await changed);`;
  await printed(source, { under: injecting("semop,semtimedop:error=EINTR:when=40+3") });
  assertEquals(state.read().count, 101);
}, { needs: ["strace"], skip: noPtrace() });
