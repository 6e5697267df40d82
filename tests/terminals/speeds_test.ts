import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { baudOf, namedSpeed, speedNumber } from "../../lib/terminals/speeds.ts";

test("speedNumber() and baudOf() are each other's inverse, for the kernel's speeds alone", () => {
  for (const baud of [0, 50, 134, 300, 9_600, 38_400, 115_200, 4_000_000]) {
    assertEquals(baudOf(speedNumber(baud)), baud);
  }
  for (const baud of [1, 12_345, -1, NaN, 9_600.5]) assertThrows(() => speedNumber(baud), RangeError, "baud");
  assertEquals(baudOf(0o10020), 0);
});

test("namedSpeed() knows stty(1)'s other names", () => {
  assertEquals(["exta", "extb", "134.5", "9600", "9601", "fast", "toString"].map(namedSpeed), [
    19_200,
    38_400,
    134,
    9_600,
    undefined,
    undefined,
    undefined,
  ]);
});
