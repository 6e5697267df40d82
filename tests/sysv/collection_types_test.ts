import { type FieldType, type KeyField, list, map, struct, text } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

/** What comes back of a value, and the bytes that it was. */
function roundTrip<T>(type: FieldType<T>, value: T): [T, number[]] {
  const memory = new DataView(new ArrayBuffer(type.size));
  type.encode(memory, 0, value, "it");
  return [type.decode(memory, 0), [...new Uint8Array(memory.buffer)]];
}

test("list() has values of one type, up to so many", () => {
  assertEquals(roundTrip(list("u16", 3), [7, 8]), [[7, 8], [2, 0, 0, 0, 7, 0, 8, 0, 0, 0, 0, 0]]);
  for (const value of [[], [1], [1, 2, 3]]) assertEquals(roundTrip(list("f64", 3), value)[0], value);
  const points = list(struct({ x: "u8", names: list(text(3), 2) }), 2);
  const value = [{ x: 1, names: ["a", "bcd"] }, { x: 2, names: [] }];
  assertEquals(roundTrip(points, value)[0], value);
  assertThrows(() => roundTrip(list("u16", 3), [1, 2, 3, 4]), RangeError, "it: 4 do not fit into a list of 3");
  assertThrows(() => roundTrip(list("u16", 3), [1, -1]), RangeError, "it[1]: -1 does not fit into u16");
  assertThrows(() => roundTrip(list("u16", 3), new Set() as unknown as number[]), TypeError, "it: an object is not");
});

test("map() has values by keys, up to so many, in their order", () => {
  const ages = map(text(3), "u16", 3);
  const value = new Map([["bob", 1], ["", 2], ["ann", 65_535]]);
  assertEquals([...roundTrip(ages, value)[0]], [...value]);
  assertEquals(roundTrip(map("u8", "u32", 2), new Map([[5, 9]]))[1].slice(0, 12), [1, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0]);
  assertEquals(roundTrip(map("i64", "bool", 2), new Map([[-1n, true]]))[0].get(-1n), true);
  assertThrows(
    () => roundTrip(map("u8", "u8", 1), new Map([[1, 1], [2, 2]])),
    RangeError,
    "it: 2 do not fit into a map",
  );
  assertThrows(() => roundTrip(ages, new Map([["anna", 1]])), RangeError, "a key of it: text of 4 bytes");
  assertThrows(() => roundTrip(ages, new Map([["ann", -1]])), RangeError, "it[ann]: -1 does not fit into u16");
  assertThrows(() => roundTrip(ages, {} as Map<string, number>), TypeError, "it: an object is not a Map");
});

test("map() has no keys whose equal values are several", () => {
  for (const key of ["f64", "f32", list("u8", 1), struct({ a: "u8" })]) {
    assertThrows(() => map(key as KeyField, "u8", 1), TypeError, "A key of a map is a text or an integer");
  }
});

test("a count that others have spoilt does not lead outside", () => {
  const spoilt = new DataView(Uint8Array.of(255, 255, 255, 255, 1, 2, 0, 0).buffer);
  assertEquals([list("u8", 2).decode(spoilt, 0), map("u8", "u8", 1).decode(spoilt, 0).size], [[1, 2], 1]);
});

test("capacities that are none are refused", () => {
  for (const capacity of [0, -1, 1.5, NaN]) {
    assertThrows(() => list("u8", capacity), RangeError, "The capacity of a list is an integer from 1");
    assertThrows(() => map("u8", "u8", capacity), RangeError, "The capacity of a map is an integer from 1");
  }
});
