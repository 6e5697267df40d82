import { ERRNO } from "../../ffi/abi/errno.ts";
import { futexWaitArguments, futexWaitElsewhere, futexWake } from "../../ffi/linux_futex.ts";
import { Block } from "../../ffi/memory.ts";
import { offload } from "../../ffi/workers.ts";
import { assertEquals, test } from "../support/mod.ts";

/** How many of `count` could be woken so far; they may not have gone to sleep yet, and nothing tells when they have. */
async function wakeAll(address: number, count: number): Promise<number> {
  let woken = 0;
  while (woken < count) {
    woken += futexWake(address, count - woken);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return woken;
}

test("futexWake() wakes those who sleep on the word, as many as it says", async () => {
  using block = new Block(8);
  block.put(Int32Array.of(0, 7));
  const word = block.address + 4;
  assertEquals(futexWake(word, 1), 0);
  const waits = Array.from({ length: 3 }, () => offload(futexWaitElsewhere, futexWaitArguments(word, 7)));
  assertEquals(await wakeAll(word, 3), 3);
  assertEquals(await Promise.all(waits.map(({ result }) => result)), [0, 0, 0]);
});

test("a wait for a word does not begin where the word is another, and is cancelled", async () => {
  using block = new Block(4);
  block.put(Uint32Array.of(0xffff_ffff));
  const { address } = block;
  assertEquals(await offload(futexWaitElsewhere, futexWaitArguments(address, 1)).result, -ERRNO.EAGAIN);
  for (const expected of [-1, 0xffff_ffff]) {
    const wait = offload(futexWaitElsewhere, futexWaitArguments(address, expected));
    wait.cancel();
    assertEquals(await wait.result, -ERRNO.ECANCELED);
  }
});
