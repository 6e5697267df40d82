/** Arrives so often: BARRIER ROUNDS WAY; prints how often it was the last. */
import { Barrier } from "../../../lib/sysv/mod.ts";

using barrier = Barrier.fromId(Number(Deno.args[0]));
let last = 0;
for (let round = 0; round < Number(Deno.args[1]); round++) {
  if (Deno.args[2] === "sync" ? barrier.waitSync() : await barrier.wait()) last++;
}
console.log(last);
