// permissions: --allow-ffi={libc}
/**
 * `catch_int`: catches ^C, and says so each time; from the handler of the third it throws, which ends it with exit 1.
 *
 * It waits in a call that blocks the thread, as Perl's sleep does: a handler that throws breaks out of that.
 */
import { SIG, sigsuspendSync } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

const LAST = 3;

function catchInt(args: string[]): Promise<never> {
  if (args.length > 0) throw new UsageError();
  let presses = 0;
  SIG.INT = ({ signal }) => {
    const message = `Somebody sent me a ${signal} (${++presses})`;
    print(message);
    if (presses === LAST) throw new Error(message);
  };
  for (;;) sigsuspendSync();
}

await run({ name: "catch_int", usage: "", main: catchInt });
