import { array, bytes, type FieldType, text } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

/** What comes back of a value, and the bytes that it was. */
function roundTrip<T>(type: FieldType<T>, value: T): [T, number[]] {
  const memory = new DataView(new ArrayBuffer(type.size));
  type.encode(memory, 0, value, "it");
  return [type.decode(memory, 0), [...new Uint8Array(memory.buffer)]];
}

test("text() keeps all text of UTF-8 that fits, to the last byte", () => {
  for (const value of ["", "abcdef", "€€", "ü", "\ufeffa", "💡"]) assertEquals(roundTrip(text(6), value)[0], value);
  assertEquals(roundTrip(text(4), "ab")[1], [97, 98, 0, 0]);
  assertThrows(() => roundTrip(text(5), "€€"), RangeError, "it: text of 6 bytes does not fit into text(5)");
  assertThrows(() => roundTrip(text(5), "a\0b"), TypeError, "it: text must not contain a NUL");
  assertThrows(() => roundTrip(text(5), "\ud800"), TypeError, "it: a lone surrogate");
  assertThrows(() => roundTrip(text(5), 5 as unknown as string), TypeError, "it: number is not text");
});

test("text() that others have written ends at the first NUL, and what is not UTF-8 is U+FFFD", () => {
  assertEquals(text(5).decode(new DataView(Uint8Array.of(97, 0, 98, 0, 0).buffer), 0), "a");
  assertEquals(text(2).decode(new DataView(Uint8Array.of(97, 0xff).buffer), 0), "a\ufffd");
});

test("bytes() are copies, of just so many", () => {
  const value = Uint8Array.of(0, 255, 0);
  assertEquals(roundTrip(bytes(3), value), [value, [0, 255, 0]]);
  for (const length of [2, 4]) {
    assertThrows(() => roundTrip(bytes(3), new Uint8Array(length)), RangeError, `it: ${length} bytes are not 3`);
  }
  assertThrows(() => roundTrip(bytes(1), [1] as unknown as Uint8Array<ArrayBuffer>), TypeError, "a Uint8Array");
});

test("array() has values of one type, just so many, arrays too", () => {
  assertEquals(roundTrip(array("u16", 3), [1, 2, 3]), [[1, 2, 3], [1, 0, 2, 0, 3, 0]]);
  const nested = array(array(text(2), 2), 2);
  assertEquals(roundTrip(nested, [["a", "b"], ["cd", ""]])[0], [["a", "b"], ["cd", ""]]);
  for (const value of [[1, 2], [1, 2, 3, 4]]) {
    assertThrows(
      () => roundTrip(array("u16", 3), value),
      RangeError,
      `it: an array of ${value.length} is not one of 3`,
    );
  }
  assertThrows(() => roundTrip(array("u8", 2), [1, 256]), RangeError, "it[1]: 256 does not fit into u8");
  assertThrows(() => roundTrip(array("u8", 2), new Array(2)), TypeError, "it[0]: undefined is not a number");
  assertThrows(() => roundTrip(array("u8", 2), "ab" as unknown as number[]), TypeError, "it: string is not an array");
});

test("sizes that are none are refused, and so are types", () => {
  for (const make of [text, bytes, (n: number) => array("u8", n)]) {
    for (const size of [0, -1, 1.5, NaN, 2 ** 32]) assertThrows(() => make(size), RangeError, "is an integer from 1");
  }
  assertThrows(() => array("nothing" as "u8", 1), TypeError, "There is no type");
});
