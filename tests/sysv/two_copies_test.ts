import { IPC_PRIVATE, shared, SharedMemory, struct } from "../../mod.ts";
import { isVariable, TwoCopies } from "../../lib/sysv/two_copies.ts";
import { assert, assertEquals, assertThrows, EMULATED, test, within } from "../support/mod.ts";
import { KEYS, removing, started, State } from "./variable.ts";

const Pair = struct({ a: "u32", b: "u8" });

/** Memory of the right size, and what lies in it. */
function variable(): { memory: SharedMemory; copies: TwoCopies<typeof Pair.fields> } {
  const copies = new TwoCopies(Pair);
  const memory = SharedMemory.create(IPC_PRIVATE, copies.size);
  memory.remove();
  return { memory, copies };
}

test("a value that is published is in the other copy, and the version counts on over 32 bits", () => {
  const { memory, copies } = variable();
  using _memory = memory;
  assertEquals(isVariable(memory), false);
  copies.initialise(memory, copies.image({ a: 1, b: 2 }));
  assertEquals([isVariable(memory), copies.version(memory), copies.read(memory)], [true, 0, { a: 1, b: 2 }]);
  copies.publish(memory, copies.image({ a: 3, b: 4 }));
  assertEquals([copies.version(memory), copies.read(memory)], [1, { a: 3, b: 4 }]);
  memory.store(copies.versionAt, -1);
  assertEquals([copies.version(memory), copies.read(memory)], [2 ** 32 - 1, { a: 3, b: 4 }]);
  copies.publish(memory, copies.image({ a: 5, b: 6 }));
  assertEquals([copies.version(memory), copies.read(memory)], [0, { a: 5, b: 6 }]);
});

test("initialise() leaves a value that is there alone, and begins anew over half of one", () => {
  const { memory, copies } = variable();
  using _memory = memory;
  copies.initialise(memory, copies.image({ a: 1, b: 2 }));
  copies.publish(memory, copies.image({ a: 3, b: 4 }));
  copies.initialise(memory, copies.image(copies.zero()));
  assertEquals(copies.read(memory), { a: 3, b: 4 });
  memory.store(0, 0);
  copies.initialise(memory, copies.image({ a: 9, b: 9 }));
  assertEquals([copies.version(memory), copies.read(memory)], [0, { a: 9, b: 9 }]);
  memory.store(8, 2 ** 31 - 1);
  assertThrows(() => copies.initialise(memory, copies.image(copies.zero())), TypeError, "has another schema");
});

test("whoever is killed while it changes the value has changed nothing, and the next goes on within 100 ms", async () => {
  using state = await shared(KEYS.copies, State, { initial: { count: 5 } });
  using _removing = removing(state);
  await using holder = await started(`
    using state = await shared(${KEYS.copies}, State);
    await state.update(async (value) => {
      value.count = 99;
      console.log("READY");
      await new Promise(() => setInterval(() => {}, 1e6));
    });`);
  assertEquals(await holder.line(), "READY");
  const waiting = state.update((value) => value.count++);
  const start = performance.now();
  holder.kill("SIGKILL");
  assertEquals([await waiting, state.read().count], [5, 6]);
  assert(performance.now() - start < within(100));
});

test("whoever is killed at any moment leaves a whole value, and all that was told was done", async () => {
  using state = await shared(KEYS.kills, State);
  using _removing = removing(state);
  const rounds = EMULATED ? 2 : 15;
  for (let i = 0; i < rounds; i++) {
    await using writer = await started(`
      using state = await shared(${KEYS.kills}, State);
      for (let i = 1;; i++) {
        state.updateSync((value) => {
          value.count++;
          value.total = BigInt(value.count);
          value.names = Array(4).fill(String(value.count).padStart(8, "0"));
        });
        if (i === 1) console.log("READY");
      }`);
    await writer.line();
    let { version } = state;
    for (let changes = 0; changes <= i; changes++) version = await state.changed(version, { timeout: 60_000 });
    writer.kill("SIGKILL");
    await writer.end();
    const { count, total, names } = state.read();
    assertEquals([count, names], [Number(total), Array(4).fill(String(count).padStart(8, "0"))]);
    assert(state.version === count && count >= version, `${count} changes, ${state.version} versions, ${version} seen`);
    state.updateSync((value) => {
      value.count++;
      value.total++;
    }, { timeout: within(1_000) });
  }
});
