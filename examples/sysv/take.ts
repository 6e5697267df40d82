// permissions: --allow-ffi={libc}
/**
 * `take [KEY=1234]`: waits until the first semaphore of a set is 0, and makes it 1, in one operation. `give` lets the next one in.
 */
import { SemaphoreSet } from "../../lib/sysv/mod.ts";
import { run, UsageError } from "../program.ts";
import { keyOf } from "../sysv_key.ts";

async function take([key, ...more]: string[]): Promise<void> {
  if (more.length > 0) throw new UsageError();
  using set = SemaphoreSet.open(keyOf(key));
  await set.op([{ num: 0, op: 0 }, { num: 0, op: 1 }]);
}

await run({ name: "take", usage: "[KEY=1234]", main: take });
