// permissions: --allow-ffi={libc} --allow-read={1} --allow-write={1}
/**
 * `alarm_flock FILE [SECONDS=10]`: locks FILE, which it creates, and gives up after SECONDS.
 *
 * Perl's way to do that: an alarm whose handler throws, which breaks out of the call that blocks.
 */
import { flockSync } from "../../lib/locks/mod.ts";
import { alarm, localSignal } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

function lock(file: string, seconds: number): void {
  using _alarm = localSignal("SIGALRM", () => {
    throw new Error("alarm clock restart");
  });
  alarm(seconds);
  try {
    using _lock = flockSync(file, "exclusive");
    alarm(0);
    print(`locked ${file}`);
  } finally {
    // Whatever was thrown, nobody is there any more for whom it could come.
    alarm(0);
  }
}

await run({
  name: "alarm_flock",
  usage: "FILE [SECONDS=10]",
  main: ([file, seconds = "10", ...more]) => {
    if (!file || !/^(\d+\.?\d*|\.\d+)$/.test(seconds) || more.length > 0) return Promise.reject(new UsageError());
    lock(file, Number(seconds));
    return Promise.resolve();
  },
});
