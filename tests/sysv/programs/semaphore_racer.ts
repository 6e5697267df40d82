/** Makes the same sets as others do at the same moment: KEY ROUNDS GATE, the id of a barrier. */
import { Barrier, SemaphoreSet } from "../../../lib/sysv/mod.ts";

const [key, rounds, gate] = Deno.args.map(Number) as [number, number, number];
using barrier = Barrier.fromId(gate);
for (let round = 0; round < rounds; round++) {
  barrier.waitSync();
  using set = SemaphoreSet.create(key + round, 3, { initial: [1, 0, 2] });
  // As long as one is in here nobody else is; all are counted.
  set.acquireSync(0);
  const alone = set.getValue(0) === 0;
  set.release(1);
  if (alone) set.release(0);
}
