import { Block, cString, pointersAt, readCString, stringArray, stringsAt } from "../../ffi/memory.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("Block is zeroed and holds what is put where it is put", () => {
  using block = new Block(16);
  assertEquals(block.get(new Uint8Array(16)), new Uint8Array(16));
  block.put(Uint8Array.of(1, 2, 3), 5);
  block.put(Int32Array.of(-1), 12);
  assertEquals([...block.get(new Uint8Array(5), 4)], [0, 1, 2, 3, 0]);
  assertEquals([...block.get(new Int32Array(1), 12)], [-1]);
});

test("Block refuses what lies outside it", () => {
  using block = new Block(8);
  const four = new Uint8Array(4);
  for (const offset of [5, -1, 8, 2 ** 40]) {
    assertThrows(() => block.put(four, offset), RangeError, "lie outside a block of 8");
    assertThrows(() => block.get(four, offset), RangeError, "lie outside a block of 8");
  }
  block.put(new Uint8Array(0), 8);
});

test("Block is freed once however often it is freed, and not used afterwards", () => {
  const block = new Block(8);
  block.free();
  block.free();
  block[Symbol.dispose]();
  assertThrows(() => block.address, ReferenceError, "freed");
  assertThrows(() => block.put(new Uint8Array(1)), ReferenceError, "freed");
  assertThrows(() => block.get(new Uint8Array(1)), ReferenceError, "freed");
});

test("Block says that there is no memory", () => {
  assertThrows(
    () => new Block(2 ** 52),
    RangeError,
    "Cannot allocate 4503599627370496 bytes of memory (ENOMEM, calloc)",
  );
});

test("Block of nothing has an address of its own", () => {
  using one = new Block(0);
  using other = new Block(0);
  assertEquals(one.address !== other.address && one.size === 0, true);
});

test("readCString() gives back what cString() made", () => {
  for (const text of ["", "a", "Grüße, 世界 🎭", "x".repeat(100_000)]) {
    const bytes = cString(text);
    using block = new Block(bytes.length);
    block.put(bytes);
    assertEquals(readCString(block.address), text);
  }
});

test("stringArray() is a NULL-terminated array as execve(2) takes it", () => {
  for (const strings of [[], ["one"], ["", "two words", "ß", ""]]) {
    using array = stringArray(strings.map((text) => cString(text)));
    assertEquals(pointersAt(array.address).map(readCString), strings);
    const joined = strings.map((text) => `${text}\0`).join("");
    assertEquals(stringsAt(array.address), new TextEncoder().encode(joined));
  }
});

test("stringArray() takes pointers to strings that already lie in memory", () => {
  using first = stringArray([cString("a=1"), cString("b=2")]);
  using second = stringArray([cString("c=3")], pointersAt(first.address));
  assertEquals(pointersAt(second.address).map(readCString), ["c=3", "a=1", "b=2"]);
});
