import { ERRNO } from "../../ffi/abi/errno.ts";
import { Block } from "../../ffi/memory.ts";
import { ChannelMemory, type ChannelWord, segmentSize } from "../../lib/sysv/channel_memory.ts";
import { ChannelSide, INITIAL } from "../../lib/sysv/channel_side.ts";
import { IPC_PRIVATE, SemaphoreSet } from "../../lib/sysv/mod.ts";
import { waitFor } from "../../lib/sysv/wait.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

/** Memory of a channel whose user is held up at one place, while others do something. */
class HeldUp extends ChannelMemory {
  meanwhile: (() => void) | undefined;

  #holdUp(): void {
    const { meanwhile } = this;
    this.meanwhile = undefined;
    meanwhile?.();
  }

  override load(word: ChannelWord): number {
    if (word.startsWith("HAD")) this.#holdUp();
    return super.load(word);
  }

  override clear(word: ChannelWord, was: number): void {
    this.#holdUp();
    super.clear(word, was);
  }
}

/** Both sides of a channel. */
function sides() {
  const set = SemaphoreSet.create(IPC_PRIVATE, INITIAL.length, { initial: INITIAL });
  const block = new Block(segmentSize(64));
  const memory = new HeldUp(block.address, block.size);
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
  assertEquals([readers.state, readers.gone, writers.state, writers.gone], ["closed", true, "none yet", false]);
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
  assert(memory.load("DATA_WANTED") !== 0);
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

test("a side that its first member comes to just now is not taken for one that all have left", () => {
  using made = sides();
  const { writers, memory } = made;
  memory.meanwhile = () => writers.attach();
  assertEquals([writers.state, writers.state], ["there", "there"]);
});

test("who comes as the last one has gone is seen, and the dead one before it is not told of as its own", () => {
  using made = sides();
  const { writers, memory, set } = made;
  writers.attach();
  // As the kernel does at the end of a process.
  set.setValue(1, 0);
  assertEquals([writers.state, writers.gone], ["died", true]);
  memory.meanwhile = () => writers.attach();
  assertEquals(writers.state, "there");
  writers.detach();
  assertEquals(writers.state, "closed");
});

test("who begins to sleep while others come and go is not forgotten by one that was held up meanwhile", () => {
  using made = sides();
  const { readers, memory, set } = made;
  const TOKENS = 8;
  readers.announce();
  readers.stayAwake();
  memory.meanwhile = () => {
    // Another one finds out as well that nobody sleeps, and then somebody does.
    readers.wake(1);
    readers.announce();
  };
  readers.wake(1);
  assertEquals(set.getValue(TOKENS), 0);
  readers.wake(1);
  assertEquals(set.getValue(TOKENS), 1);
});

test("there are no more tokens than members that sleep, however often they are woken", () => {
  using made = sides();
  const { readers, set } = made;
  readers.announce();
  readers.announce();
  for (let i = 0; i < 100; i++) readers.wake(1);
  assertEquals(set.getValue(8), 2);
});

test("a side counts right however many have died, and however many tokens lie there", () => {
  using made = sides();
  const { writers, set } = made;
  assertEquals(writers.attach(), 0);
  // All but this one have died.
  set.setValue(2, 32_767);
  assertEquals([writers.attach(), writers.count, set.getValue(2)], [0, 2, 3]);
  set.setValue(3, 32_767);
  set.setValue(8, 32_767);
  writers.detach();
  writers.detach();
  assertEquals([writers.count, writers.state], [0, "died"]);
  assertEquals([writers.attach(), writers.detach(), writers.state], [0, undefined, "closed"]);
});
