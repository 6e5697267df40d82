import { alignedTo, checkCount, type FieldType, isNamed, type NamedTypes, typeOf } from "../../lib/sysv/field_types.ts";
import { text } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

/** What comes back of a value. */
function roundTrip<T>(type: FieldType<T>, value: T): T {
  const memory = new DataView(new ArrayBuffer(24), 8);
  type.encode(memory, 8, value, "it");
  return type.decode(memory, 8);
}

const LIMITS: [keyof NamedTypes, number, number][] = [
  ["i8", -128, 127],
  ["u8", 0, 255],
  ["i16", -32_768, 32_767],
  ["u16", 0, 65_535],
  ["i32", -(2 ** 31), 2 ** 31 - 1],
  ["u32", 0, 2 ** 32 - 1],
];

for (const [name, from, to] of LIMITS) {
  test(`${name} takes the integers from ${from} to ${to}, and no others`, () => {
    const type = typeOf(name) as FieldType<number>;
    for (const value of [from, to, 0, 1]) assertEquals(roundTrip(type, value), value);
    for (const value of [from - 1, to + 1, 0.5, NaN, Infinity]) {
      assertThrows(() => roundTrip(type, value), RangeError, `it: ${value} does not fit into ${name}`);
    }
    for (const value of ["1", 1n, undefined, null, true, {}]) {
      assertThrows(() => roundTrip(type, value as number), TypeError, "is not a number");
    }
  });
}

test("i64 and u64 take bigints of 64 bits, and no others", () => {
  const [i64, u64] = [typeOf("i64"), typeOf("u64")];
  for (const value of [-(2n ** 63n), 2n ** 63n - 1n, 0n]) assertEquals(roundTrip(i64, value), value);
  for (const value of [0n, 2n ** 64n - 1n]) assertEquals(roundTrip(u64, value), value);
  for (const value of [-(2n ** 63n) - 1n, 2n ** 63n]) assertThrows(() => roundTrip(i64, value), RangeError, "into i64");
  for (const value of [-1n, 2n ** 64n]) assertThrows(() => roundTrip(u64, value), RangeError, "into u64");
  assertThrows(() => roundTrip(u64, 1 as unknown as bigint), TypeError, "it: number is not a bigint");
});

test("f64 takes every number, f32 those that do not become infinite", () => {
  const [f32, f64] = [typeOf("f32"), typeOf("f64")];
  for (const value of [0.1, -0, NaN, Infinity, -Infinity, 5e-324, 1.7e308]) {
    assertEquals(Object.is(roundTrip(f64, value), value), true);
    if (Math.abs(value) !== 1.7e308) assertEquals(Object.is(roundTrip(f32, value), Math.fround(value)), true);
  }
  for (const value of [1.7e308, -1e39]) assertThrows(() => roundTrip(f32, value), RangeError, "into f32");
  assertThrows(() => roundTrip(f64, 1n as unknown as number), TypeError, "it: bigint is not a number");
});

test("bool takes truth values; whatever is not 0 is true", () => {
  const bool = typeOf("bool");
  assertEquals([roundTrip(bool, true), roundTrip(bool, false)], [true, false]);
  assertEquals(bool.decode(new DataView(Uint8Array.of(0, 0xff).buffer), 1), true);
  assertThrows(() => roundTrip(bool, 1 as unknown as boolean), TypeError, "it: number is not a boolean");
});

test("typeOf() refuses what is no type; counts and places are what they are", () => {
  for (const field of ["", "toString", "U8", null, undefined, 1, {}]) {
    assertThrows(() => typeOf(field as "u8"), TypeError, "There is no type");
  }
  const own = text(3);
  assertEquals([typeOf(own) === own, isNamed(own), isNamed(typeOf("u8"))], [true, false, true]);
  for (const count of [0, -1, 0.5, NaN, 2 ** 32]) assertThrows(() => checkCount(count, "It"), RangeError, "It is an");
  assertEquals([alignedTo(0, 8), alignedTo(1, 8), alignedTo(8, 8), alignedTo(5, 1)], [0, 8, 8, 5]);
});
