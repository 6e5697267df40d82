// permissions: --allow-ffi={libc}
/**
 * `sem [--remove] [KEY=1234]`: makes ten semaphores that everybody may use, for `take` and `give`, and leaves them; removes them with `--remove`.
 */
import { SemaphoreSet } from "../../lib/sysv/mod.ts";
import { print, run, UsageError } from "../program.ts";
import { keyOf } from "../sysv_key.ts";

function sem(args: string[]): Promise<void> {
  const removing = args[0] === "--remove";
  const [key, ...more] = removing ? args.slice(1) : args;
  if (more.length > 0) throw new UsageError();
  if (removing) {
    using set = SemaphoreSet.open(keyOf(key));
    set.remove();
  } else {
    using set = SemaphoreSet.create(keyOf(key), 10, { mode: 0o666 });
    print(`shm key ${set.id}`);
  }
  return Promise.resolve();
}

await run({ name: "sem", usage: "[--remove] [KEY=1234]", main: sem });
