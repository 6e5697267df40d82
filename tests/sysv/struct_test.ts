import {
  array,
  bytes,
  ClosedError,
  type FieldType,
  IPC_PRIVATE,
  list,
  map,
  SharedMemory,
  struct,
  type StructOf,
  text,
  type ValueOf,
} from "../../mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { expected, NAMED, program, structOfAll } from "./layouts.ts";

const Inner = struct({ x: "i8", y: "f64" });
const Everything = struct({
  count: "i32",
  total: "f64",
  name: text(32),
  tags: array("u8", 16),
  inner: Inner,
  big: "u64",
  ok: "bool",
  points: list(Inner, 3),
  ages: map(text(5), "u16", 4),
  digest: bytes(3),
});

/** Private memory that is gone at the end of the block. */
function memory(): SharedMemory {
  const made = SharedMemory.create(IPC_PRIVATE, 4_096);
  made.remove();
  return made;
}

/** The same numbers in each run. */
function* numbers(seed = 7): Generator<number> {
  for (let x = seed;; yield x) x = x * 1_103_515_245 + 12_345 & 0x7fff_ffff;
}

/** A type made of others, of which C's compiler tells where it puts them. */
function someType(next: () => number, depth: number): FieldType<unknown> {
  const named = NAMED[next() % NAMED.length]!;
  const inner = () => someType(next, depth - 1);
  const kinds: (() => FieldType<unknown>)[] = [
    () => named,
    () => text(1 + next() % 20),
    () => bytes(1 + next() % 20),
    () => array(inner(), 1 + next() % 5),
    () => list(inner(), 1 + next() % 5),
    () => map(next() % 2 ? "i64" : text(1 + next() % 7), inner(), 1 + next() % 5),
    () => structOfAll([inner(), inner(), inner()]),
  ];
  return kinds[depth === 0 ? 0 : (next() >> 3) % kinds.length]!();
}

test("struct() lays fields out as the C compiler does", async () => {
  const source = numbers();
  const next = () => source.next().value >> 4;
  const structures = [Everything, Inner, structOfAll(NAMED)].map((made) => made as ReturnType<typeof structOfAll>);
  for (let i = 0; i < 200; i++) {
    structures.push(structOfAll(Array.from({ length: 1 + next() % 6 }, () => someType(next, 2))));
  }
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/layout.c`, program(structures));
    const args = ["-std=c11", "-Wall", "-Werror", "-o", `${folder}/layout`, `${folder}/layout.c`];
    const { success, stderr } = await new Deno.Command("gcc", { args }).output();
    assert(success, new TextDecoder().decode(stderr));
    const { stdout } = await new Deno.Command(`${folder}/layout`).output();
    assertEquals(new TextDecoder().decode(stdout).trimEnd().split("\n"), structures.map(expected));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["gcc"] });

test("struct() over memory reads and writes it directly, and what others write is seen", () => {
  using first = memory();
  using second = SharedMemory.fromId(first.id);
  const ours: StructOf<typeof Everything> = first.struct(Everything, 8);
  const theirs = second.struct(Everything, 8);
  ours.count = -5;
  ours.count++;
  ours.total += 1.5;
  ours.name = "Grüße";
  ours.inner.x = -3;
  ours.inner.y = 0.25;
  ours.tags = Array.from({ length: 16 }, (_, i) => i);
  ours.big = 2n ** 64n - 1n;
  ours.ok = true;
  ours.points = [{ x: 1, y: 2 }, ours.inner];
  ours.ages = new Map([["ann", 3], ["bob", 65_535]]);
  ours.digest = Uint8Array.of(1, 2, 3);
  const value: ValueOf<typeof Everything> = {
    count: -4,
    total: 1.5,
    name: "Grüße",
    tags: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    inner: { x: -3, y: 0.25 },
    big: 2n ** 64n - 1n,
    ok: true,
    points: [{ x: 1, y: 2 }, { x: -3, y: 0.25 }],
    ages: new Map([["ann", 3], ["bob", 65_535]]),
    digest: Uint8Array.of(1, 2, 3),
  };
  assertEquals({ ...theirs, inner: { ...theirs.inner } }, value as unknown as typeof theirs);
  assertEquals(second.load(8), -4);
  theirs.inner = { x: 9, y: 9 };
  theirs.ages = new Map();
  assertEquals([ours.inner.x, ours.ages.size, ours.name], [9, 0, "Grüße"]);
});

test("struct() refuses values that do not fit before it writes anything", () => {
  using words = memory();
  const state = words.struct(Everything);
  state.name = "before";
  state.points = [{ x: 1, y: 1 }];
  const before = words.read();
  const refused: [typeof RangeError | typeof TypeError, string, () => unknown][] = [
    [RangeError, "count: 2147483648 does not fit into i32", () => state.count = 2 ** 31],
    [RangeError, "name: text of 33 bytes does not fit into text(32)", () => state.name = "x".repeat(33)],
    [RangeError, "points[1].x: 200 does not fit into i8", () => state.points = [{ x: 2, y: 2 }, { x: 200, y: 1 }]],
    [RangeError, "points: 4 do not fit into a list of 3", () => state.points = Array(4).fill({ x: 1, y: 1 })],
    [RangeError, "inner.x: -129 does not fit into i8", () => state.inner = { y: 1, x: -129 }],
    [RangeError, "x: 128 does not fit into i8", () => state.inner.x = 128],
    [TypeError, "inner.y: undefined is not a number", () => state.inner = { x: 1 } as typeof state.inner],
    [TypeError, 'inner: there is no field "z"', () => state.inner = { x: 1, y: 2, z: 3 } as typeof state.inner],
    [TypeError, "inner: null is not an object", () => state.inner = null as unknown as typeof state.inner],
    [TypeError, "Cannot add property", () => (state as Record<string, unknown>).cuont = 1],
    [TypeError, "Cannot assign", () => (state.tags as number[])[0] = 1],
  ];
  for (const [kind, message, change] of refused) assertThrows(change, kind, message);
  assertEquals(words.read(), before);
});

test("struct() refuses places where it does not lie, memory that can only be read, and detached memory", () => {
  using words = memory();
  assertThrows(() => words.struct(Inner, 4), RangeError, "lies at a multiple of 8, not at 4");
  for (const offset of [4_096 - 8, -8, NaN, 2 ** 50]) {
    assertThrows(() => words.struct(Inner, offset), RangeError, "do not lie in the 4096 bytes");
  }
  assertThrows(() => words.struct({ ...Inner }), TypeError, "made by struct()");
  const reading = SharedMemory.fromId(words.id, { readOnly: true });
  const seen = reading.struct(Inner);
  words.struct(Inner).x = 5;
  assertEquals(seen.x, 5);
  assertThrows(() => seen.x = 6, TypeError, "read only");
  reading.detach();
  assertThrows(() => seen.x, ClosedError);
  assertThrows(() => seen.x = 1, ClosedError);
});

test("struct() refuses schemas that are none", () => {
  assertThrows(() => struct({}), TypeError, "at least one field");
  assertThrows(() => struct({ a: "i128" as "i32" }), TypeError, 'There is no type "i128"');
  assertThrows(() => struct({ a: 5 as unknown as "i32" }), TypeError, "There is no type 5");
  assertThrows(() => struct({ 1: "i32" }), TypeError, "not named by a number");
  assertThrows(() => Inner.offsetOf("z" as "x"), RangeError, 'no field "z"');
});

test("struct() over memory that another program writes: a C structure, under ffi for libc alone", async () => {
  using words = memory();
  const source = `
    import { SharedMemory, struct, text } from "vasty/mod.ts";
    using memory = SharedMemory.fromId(${words.id});
    const state = memory.struct(struct({ flag: "u8", count: "u32", name: text(8) }), 16);
    state.count = 0xdeadbeef;
    state.name = "12345678";
    console.log(state.flag, state.count, state.name);`;
  words.write(Uint8Array.of(7), 16);
  const { stdout, stderr } = await denoSource(source);
  assertEquals([stderr, stdout], ["", "7 3735928559 12345678\n"]);
  assertEquals([...words.read(16, 20)].slice(0, 5), [0xef, 0xbe, 0xad, 0xde, 49]);
});
