import { RecordLength } from "../../lib/sockets/record_length.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { bytes } from "./loopback.ts";

test("RecordLength tells by the bytes of a record's beginning that it is too long in UTF-16 units", () => {
  for (const unit of ["a", "é", "€"]) {
    const length = new RecordLength(10);
    for (let n = 1; n <= 10; n++) length.watch(bytes(unit.repeat(n)));
    assertThrows(() => length.watch(bytes(unit.repeat(11))), RangeError, "longer than 10 characters");
  }
  new RecordLength(10).watch(bytes("😀".repeat(5)));
  assertThrows(() => new RecordLength(10).watch(bytes("😀".repeat(6))), RangeError);
  new RecordLength(3).watch(bytes("abc\r"));
  assertThrows(() => new RecordLength(3).watch(bytes("abc\rd")), RangeError);
  assertThrows(() => new RecordLength(10).watch(new Uint8Array(31).fill(0x80)), RangeError);
});

test("RecordLength looks at what is whole, and at its limit", () => {
  new RecordLength(3).check("abc");
  const error = assertThrows(() => new RecordLength(3).check("abcd".repeat(100)), RangeError);
  assertEquals(error.message.length < 200, true);
  for (const none of [0, -1, NaN]) assertThrows(() => new RecordLength(none), RangeError, `${none}`);
});
