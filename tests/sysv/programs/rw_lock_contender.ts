/** Writes two equal numbers into shared memory or reads them: LOCK MEMORY ROUNDS WAY. */
import { RwLock, SharedMemory } from "../../../lib/sysv/mod.ts";

const [id, memoryId, rounds] = Deno.args.map(Number) as [number, number, number];
const sync = Deno.args[3] === "sync";
using lock = RwLock.fromId(id);
using memory = SharedMemory.fromId(memoryId);
for (let round = 0; round < rounds; round++) {
  if (round % 4 === 0) {
    using _guard = sync ? lock.writeSync() : await lock.write();
    memory.store(0, memory.load(0) + 1);
    memory.store(4, memory.load(4) + 1);
  } else {
    using _guard = sync ? lock.readSync() : await lock.read();
    if (memory.load(0) !== memory.load(4)) throw new Error("half written");
  }
}
