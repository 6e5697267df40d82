import { ERRNO } from "../../ffi/abi/errno.ts";
import { Block } from "../../ffi/memory.ts";
import { ChannelMemory, segmentSize } from "../../lib/sysv/channel_memory.ts";
import { ChannelSide, INITIAL } from "../../lib/sysv/channel_side.ts";
import { IPC_PRIVATE, SemaphoreSet } from "../../lib/sysv/mod.ts";
import { waitFor } from "../../lib/sysv/wait.ts";
import { assertEquals, test } from "../support/mod.ts";

/** Both sides of a channel. */
function sides() {
  const set = SemaphoreSet.create(IPC_PRIVATE, INITIAL.length, { initial: INITIAL });
  const block = new Block(segmentSize(64));
  const memory = new ChannelMemory(block.address, block.size);
  const [writers, readers] = [
    new ChannelSide(set.id, memory, "writers"),
    new ChannelSide(set.id, memory, "readers"),
  ];
  const dispose = () => {
    set.remove();
    block.free();
  };
  return { set, memory, writers, readers, [Symbol.dispose]: dispose };
}

test("a side is locked once, the other one by itself", () => {
  using made = sides();
  assertEquals([made.writers.lockNow(), made.writers.lockNow(), made.readers.lockNow()], [0, -ERRNO.EAGAIN, 0]);
  assertEquals([made.writers.unlock(), made.writers.lockNow()], [0, 0]);
});

test("a side knows whether somebody has been there, is there, and has gone", () => {
  using made = sides();
  const { readers, writers } = made;
  assertEquals([readers.state, readers.count], ["none yet", 0]);
  assertEquals([readers.attach(), readers.attach(), readers.state, readers.count], [0, 0, "there", 2]);
  readers.detach();
  readers.detach();
  assertEquals([readers.state, readers.died, writers.state], ["gone", 0, "none yet"]);
});

test("wake() gives a token only to those who have announced their sleep", async () => {
  using made = sides();
  const { readers, memory, set } = made;
  const TOKENS = 8;
  readers.wake(5);
  assertEquals(set.getValue(TOKENS), 0);
  assertEquals(readers.announce(), 0);
  using call = readers.sleeping();
  const sleep = waitFor(call, {}, made);
  readers.wake(5);
  assertEquals([await sleep, set.getAll()[TOKENS], set.getAll()[TOKENS + 1]], [0, 0, 0]);
  // The word that says so is put back by the next who looks.
  assertEquals(memory.load("DATA_WANTED"), 1);
  readers.wake(5);
  assertEquals(memory.load("DATA_WANTED"), 0);
});

test("tokens that nobody has slept for are taken away before there are too many", () => {
  using made = sides();
  for (let i = 0; i < 100; i++) {
    made.writers.attach();
    made.writers.detach();
  }
  assertEquals(made.set.getAll().every((value) => value <= 3), true);
});
