import { Block } from "../../ffi/memory.ts";
import { ChannelMemory, frameSize, segmentSize } from "../../lib/sysv/channel_memory.ts";
import { assertEquals, test } from "../support/mod.ts";

test("the ring goes round in the middle of what is put, at every place", () => {
  using block = new Block(segmentSize(64));
  const memory = new ChannelMemory(block.address, block.size);
  assertEquals(memory.capacity, 64);
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i + 1);
  for (let position = 0; position < 200; position += 8) {
    for (let length = 0; length <= 64; length += 4) {
      memory.put(position, bytes.subarray(0, length));
      const copied = new Uint8Array(length);
      memory.get(position, copied);
      assertEquals(copied, bytes.subarray(0, length));
    }
  }
});

test("the counters are apart from each other and from the ring", () => {
  using block = new Block(segmentSize(64));
  const memory = new ChannelMemory(block.address, block.size);
  memory.put(0, new Uint8Array(64).fill(0xff));
  assertEquals([memory.tail, memory.head, memory.set, memory.load("READERS")], [0, 0, -1, 0]);
  memory.tail = 2 ** 40;
  memory.head = 2 ** 41;
  memory.set = 0;
  memory.store("READERS", 3);
  memory.store("DATA_WANTED", 1);
  memory.clear("DATA_WANTED", 2);
  assertEquals([memory.tail, memory.head, memory.set, memory.load("READERS")], [2 ** 40, 2 ** 41, 0, 3]);
  assertEquals([memory.load("DATA_WANTED"), memory.load("SPACE_WANTED")], [1, 0]);
  memory.clear("DATA_WANTED", 1);
  assertEquals(memory.load("DATA_WANTED"), 0);
});

test("claim() takes what is all zeros and what is a channel, and nothing else", () => {
  using block = new Block(segmentSize(64));
  const claim = (size = block.size) => new ChannelMemory(block.address, size).claim();
  assertEquals([claim(), claim(), claim(10)], [true, true, false]);
  block.put(new TextEncoder().encode("text"));
  assertEquals(claim(), false);
});

test("a message takes its length, rounded up, and a header", () => {
  assertEquals([0, 1, 8, 9].map(frameSize), [8, 16, 16, 24]);
});
