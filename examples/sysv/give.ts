// permissions: --allow-ffi={libc}
/**
 * `give [KEY=1234]`: takes 1 from the first semaphore of a set, so that a `take` that waits goes on.
 */
import { SemaphoreSet } from "../../lib/sysv/mod.ts";
import { run, UsageError } from "../program.ts";
import { keyOf } from "../sysv_key.ts";

async function give([key, ...more]: string[]): Promise<void> {
  if (more.length > 0) throw new UsageError();
  using set = SemaphoreSet.open(keyOf(key));
  await set.op([{ num: 0, op: -1 }]);
}

await run({ name: "give", usage: "[KEY=1234]", main: give });
