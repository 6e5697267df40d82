// permissions: --allow-ffi={libc} --allow-run
/**
 * `hup_group`: sends SIGHUP to its own process group, which ends three children but not itself; prints how they ended.
 *
 * It makes a group of its own first, so that nobody else gets the signal.
 */
import { getpgrp, setpgid, spawn } from "../../lib/processes/mod.ts";
import { kill, localSignal } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

async function hupGroup(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  // Who leads a session leads a group already, and may not change it.
  if (getpgrp() !== Deno.pid) setpgid();
  await using children = new AsyncDisposableStack();
  const started = Array.from({ length: 3 }, () => children.use(spawn(["sleep", "60"])));
  {
    using _spared = localSignal("SIGHUP", "IGNORE");
    kill(-Deno.pid, "SIGHUP");
  }
  for (const { pid, status } of started) print(`${pid} ended by ${(await status).signal}`);
  print("still here");
}

await run({ name: "hup_group", usage: "", main: hupGroup });
