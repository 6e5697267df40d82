import {
  add32,
  add64,
  compareExchange32,
  compareExchange64,
  exchange32,
  exchange64,
  load32,
  load64,
} from "../../ffi/atomic.ts";
import { Block } from "../../ffi/memory.ts";
import { assertEquals, test } from "../support/mod.ts";

test("words of 32 bits are loaded, exchanged, added to and compared, and their neighbours stay", () => {
  using block = new Block(16);
  const word = block.address + 4;
  assertEquals([add32(word, 5), load32(word)], [0, 5]);
  assertEquals([compareExchange32(word, 4, 1), load32(word)], [5, 5]);
  assertEquals([compareExchange32(word, 5, -1), load32(word)], [5, 0xffff_ffff]);
  assertEquals([add32(word, 1), load32(word)], [0xffff_ffff, 0]);
  assertEquals([exchange32(word, 0x8000_0000), load32(word)], [0, 0x8000_0000]);
  assertEquals([...block.get(new Uint32Array(4))], [0, 0x8000_0000, 0, 0]);
});

test("words of 64 bits are loaded, exchanged, added to and compared, and their neighbours stay", () => {
  using block = new Block(24);
  const word = block.address + 8;
  assertEquals([add64(word, 2 ** 40), load64(word)], [0, 2 ** 40]);
  assertEquals([compareExchange64(word, 1, 2), load64(word)], [2 ** 40, 2 ** 40]);
  assertEquals([compareExchange64(word, 2 ** 40, 2 ** 52), load64(word)], [2 ** 40, 2 ** 52]);
  assertEquals([add64(word, -1), load64(word)], [2 ** 52, 2 ** 52 - 1]);
  assertEquals([exchange64(word, 7), load64(word)], [2 ** 52 - 1, 7]);
  assertEquals([...block.get(new BigUint64Array(3))], [0n, 7n, 0n]);
});
