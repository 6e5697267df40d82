/** Looks at memory whose name is its argument without a copy, and prints what that has found. */
import { PosixSharedMemory } from "../../../mod.ts";

const name = Deno.args[0]!;
const memory = PosixSharedMemory.open(name);
const view = memory.view();
const length = view.length;
new TextEncoder().encodeInto("view", view);
const words = new Int32Array(view.buffer, 4_096, 1);
Atomics.store(words, 0, 9);
const stored = memory.load(4_096);
memory.detach();
console.log(length, stored, view.length);
using readOnly = PosixSharedMemory.open(name, { readOnly: true });
try {
  readOnly.view();
} catch (error) {
  console.log((error as Error).name);
}
