import { IPC_PRIVATE, list, Mutex, shared, SharedMemory, sharedSync, struct, SyscallError, text } from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, EMULATED, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { KEYS, printed, removing, State } from "./variable.ts";

const KEY = KEYS.shared;

/** The objects that have the key, of all three kinds. */
function objects(): string[] {
  return ["shm", "sem", "msg"].filter((kind) =>
    readProc(`/proc/sysvipc/${kind}`).split("\n").some((line) => parseInt(line) === (KEY | 0))
  );
}

test("shared() makes a variable with its first value, and finds it again", async () => {
  const initial = { count: 5, names: ["ann"], ages: new Map([["ann", 3]]) };
  using made = await shared(KEY, State, { initial, mode: 0o600 });
  using _removing = removing(made);
  using found = await shared(KEY, State, { initial: { count: 99 } });
  using again = sharedSync(KEY, State);
  assertEquals([made.created, found.created, again.created, found.key], [true, false, false, KEY]);
  for (const state of [made, found, again]) {
    assertEquals(state.read(), { count: 5, total: 0n, names: ["ann"], ages: new Map([["ann", 3]]) });
    assertEquals(state.version, 0);
  }
  const there = await assertRejects(() => shared(KEY, State, { exclusive: true }), SyscallError);
  assertEquals([there.code, there.key, objects()], ["EEXIST", KEY, ["shm", "sem"]]);
});

test("shared() that shall not make one finds one, or fails with ENOENT and leaves nothing", async () => {
  const none = await assertRejects(() => shared(KEY, State, { create: false }), SyscallError);
  assertEquals([none.code, assertThrows(() => sharedSync(KEY, State, { create: false })) instanceof Error], [
    "ENOENT",
    true,
  ]);
  assertEquals(objects(), []);
  using made = await shared(KEY, State, { initial: { count: 7 } });
  using _removing = removing(made);
  using found = await shared(KEY, State, { create: false });
  assertEquals([found.created, found.read().count], [false, 7]);
});

test("shared() by several processes at once makes it exactly once", async () => {
  const [processes, rounds] = EMULATED ? [2, 2] : [4, 25];
  for (const kind of ["await shared", "sharedSync"]) {
    const source = (me: number) => `
      const made = [];
      for (let i = 0; i < ${rounds}; i++) {
        using state = ${kind}(${KEY + 16} + i, State, { initial: { count: 1000 } });
        if (state.created) made.push(i);
        await state.update((value) => void value.count++);
      }
      console.log(JSON.stringify(made), ${me});`;
    const said = await Promise.all(Array.from({ length: processes }, (_, me) => printed(source(me))));
    const made = said.flatMap((text) => JSON.parse(text.split(" ")[0]!) as number[]);
    const counts = Array.from({ length: rounds }, (_, i) => {
      using state = sharedSync(KEY + 16 + i, State);
      const { count } = state.read();
      state.remove();
      return count;
    });
    assertEquals(made.sort((a, b) => a - b), Array.from({ length: rounds }, (_, i) => i));
    assertEquals(counts, Array(rounds).fill(1000 + processes));
  }
});

test("shared() says so if another schema is there, and leaves it alone", async () => {
  using state = await shared(KEY, State);
  using _removing = removing(state);
  const other = struct({ count: "u32", total: "u64" });
  const same = struct({ count: "u32", total: "i64", names: list(text(8), 4), agez: State.fields.ages });
  for (const schema of [other, same]) {
    const error = await assertRejects(() => shared(KEY, schema as typeof other), TypeError);
    assertEquals(
      error.message,
      `Shared memory 0x8d5a0101 has another schema: ${State.description}, not ${schema.description}`,
    );
  }
  assertEquals([objects(), state.read().count], [["shm", "sem"], 0]);
});

test("shared() leaves other memory alone, and no lock beside it", async () => {
  const short = struct({ a: "u8" });
  for (const [size, content] of [[8, ""], [4_096, "something else"], [64 + 2 * 64, "x"]] as const) {
    using memory = SharedMemory.create(KEY, size);
    memory.write(content);
    await assertRejects(() => shared(KEY, State), TypeError, "Shared memory 0x8d5a0101 was not made by shared()");
    assertThrows(() => sharedSync(KEY, short), TypeError, "was not made by shared()");
    memory.remove();
    assertEquals(objects(), []);
  }
});

test("shared() goes on where a creator has died before it was done", async () => {
  using _mutex = Mutex.create(KEY);
  {
    using state = await shared(KEY, State, { initial: { count: 1 } });
    state.remove();
  }
  using first = await shared(KEY, State);
  using there = SharedMemory.open(KEY);
  const { size } = there;
  first.remove();
  using half = SharedMemory.create(KEY, size);
  half.store(4, 77);
  half.write("half a schema", 16);
  using state = await shared(KEY, State, { initial: { count: 4 } });
  using _removing = removing(state);
  assertEquals([state.created, state.version, state.read().count], [false, 0, 4]);
});

test("shared() refuses what does not fit before it makes anything", async () => {
  const refused: [typeof RangeError | typeof TypeError, string, () => Promise<unknown>][] = [
    [RangeError, "it cannot be private", () => shared(IPC_PRIVATE, State)],
    [TypeError, "A structure is made by struct()", () => shared(KEY, {} as typeof State)],
    [TypeError, "A structure is made by struct()", () => shared(KEY, { ...State })],
    [RangeError, "A key is", () => shared(2 ** 32, State)],
    [RangeError, "mode must be", () => shared(KEY, State, { mode: 0o4777 })],
    [RangeError, "timeout must be", () => shared(KEY, State, { timeout: -1 })],
    [RangeError, "count: -1 does not fit into u32", () => shared(KEY, State, { initial: { count: -1 } })],
    [TypeError, 'there is no field "cuont"', () => shared(KEY, State, { initial: { cuont: 1 } as object })],
  ];
  for (const [kind, message, make] of refused) await assertRejects(make, kind, message);
  await assertRejects(() => shared(KEY, State, { signal: AbortSignal.abort(new Error("no")) }), Error, "no");
  assertEquals(objects(), []);
});

test("shared() waits for who changes it, and gives up without leaving anything", async () => {
  using state = await shared(KEY, State);
  using _removing = removing(state);
  const { promise, resolve } = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const change = state.update(async (value) => {
    entered.resolve();
    await promise;
    value.count = 7;
  });
  await entered.promise;
  const late = await shared(KEY, State, { timeout: 5 }).catch((error) => error.name);
  assertThrows(() => sharedSync(KEY, State), Deno.errors.Busy, "0x8d5a0101 by this thread is not over");
  const waiting = shared(KEY, State, { timeout: 60_000 });
  resolve();
  await change;
  using found = await waiting;
  assertEquals([late, found.read().count], ["TimeoutError", 7]);
});

test("shared() of a variable that others remove all the time makes a new one, and no two locks for one value", async () => {
  const rounds = EMULATED ? 5 : 60;
  const source = `
    for (let i = 0; i < ${rounds}; i++) {
      using state = await shared(${KEY}, State);
      try {
        await state.update((value) => void value.count++);
      } catch (error) {
        if (error.code !== "EIDRM" && error.code !== "EINVAL") throw error;
      }
      state.remove();
    }`;
  assertEquals(await Promise.all([printed(source), printed(source), printed(source)]), ["", "", ""]);
  assertEquals(objects(), []);
  using next = await shared(KEY, State);
  assert(next.created);
  next.remove();
});

const FAILING = [
  ["shmget", "ENOSPC", 1],
  ["shmat", "ENOMEM", 1],
  ["semget", "ENOSPC", 1],
  ["semop", "ENOSPC", 1],
  ["semop", "ENOSPC", 2],
] as const;

for (const [failing, code, when] of FAILING) {
  test(`shared() leaves nothing where ${failing} fails with ${code} from call ${when} on`, async () => {
    const source = `await shared(${KEY}, State).catch((error) => console.log(error.code, error.syscall));`;
    // Some versions of libc make the one by the other.
    const calls = failing === "semop" ? "semop,semtimedop" : failing;
    const under = injecting(`${calls}:error=${code}:when=${when}+`);
    assertEquals([await printed(source, { under }), objects()], [`${code} ${failing}`, []]);
  }, { needs: ["strace"], skip: noPtrace() });
}
