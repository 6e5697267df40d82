/** Makes views of memory, as far as it is allowed, and prints what that has found. */
import { Block } from "../../../ffi/memory.ts";
import { viewOf, viewsAreAllowed } from "../../../ffi/view.ts";

using block = new Block(32);

function refusal(make: () => void): string {
  try {
    make();
    return "made";
  } catch (error) {
    return `${error}`;
  }
}

function shared(): number[] {
  const bytes = new Uint8Array(viewOf(block.address + 8, 16));
  block.put(Uint8Array.of(1, 2, 3), 8);
  const seen = [bytes.length, ...bytes.subarray(0, 4)];
  bytes.set([9, 8], 14);
  const words = new Int32Array(viewOf(block.address, 8));
  const before = Atomics.add(words, 1, 5);
  return [...seen, ...block.get(new Uint8Array(3), 22), before, ...block.get(new Int32Array(1), 4)];
}

const allowed = viewsAreAllowed();
console.log(JSON.stringify({ allowed, refused: refusal(() => viewOf(0, 8)), shared: allowed ? shared() : [] }));
