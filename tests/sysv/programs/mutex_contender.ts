/** Counts in shared memory under a mutex: MUTEX MEMORY ROUNDS WAY. */
import { Mutex, SharedMemory } from "../../../lib/sysv/mod.ts";

const [id, memoryId, rounds] = Deno.args.map(Number) as [number, number, number];
const sync = Deno.args[3] === "sync";
using mutex = Mutex.fromId(id);
using memory = SharedMemory.fromId(memoryId);
const word = new Uint8Array(8);
const view = new DataView(word.buffer);
console.log("READY");
await Deno.stdin.read(new Uint8Array(1));
for (let round = 0; round < rounds; round++) {
  using _guard = sync ? mutex.lockSync() : await mutex.lock();
  memory.readInto(word);
  view.setFloat64(0, view.getFloat64(0) + 1);
  memory.write(word);
}
