import {
  duration,
  failure,
  flag,
  intBytes,
  integer,
  intOf,
  linger,
  reading,
  text,
  timeLimit,
} from "../../lib/sockets/option_codecs.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("option codecs: times are rounded up to the kernel's unit, so that none becomes nothing", () => {
  for (const [time, stored] of [[0, 0], [1, 1_000], [1_000, 1_000], [1_001, 2_000]] as const) {
    const seconds = duration(1_000);
    assertEquals(seconds.decode(seconds.encode(time, "T")), stored);
    assertEquals(linger.decode(linger.encode(time, "L")), stored);
  }
  assertEquals(linger.decode(linger.encode(false, "L")), false);
  for (const time of [0.001, 1, 1_500, 86_400_000.25, Infinity]) {
    assertEquals(timeLimit.decode(timeLimit.encode(time, "T")), time);
  }
  assertThrows(() => duration(1_000).encode(Infinity, "T"), RangeError, "T is too long");
});

test("option codecs: numbers and switches", () => {
  for (const value of [0, -1, 2 ** 31 - 1, -(2 ** 31)]) assertEquals(integer.decode(integer.encode(value, "N")), value);
  assertEquals([flag.decode(flag.encode(true, "F")), flag.decode(flag.encode(false, "F"))], [true, false]);
  assertEquals([intOf(Uint8Array.of(200)), intOf(intBytes(-7))], [200, -7]);
});

test("option codecs: texts end with a NUL, and errors have names", () => {
  assertEquals(text.decode(text.encode("cubic", "T")), "cubic");
  assertEquals(text.decode(new Uint8Array(0)), "");
  assertEquals([failure.decode(intBytes(111)), failure.decode(intBytes(0))], ["ECONNREFUSED", undefined]);
  assertThrows(() => reading(flag).encode(true, "R"), TypeError, "R can only be read");
});
