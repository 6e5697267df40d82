// permissions: --allow-ffi={libc} --allow-run={deno}
/**
 * `hup_daemon [ARGS]`: prints its process id, ARGS, and a number every 2 s; SIGHUP has it begin anew, in the same process and with the same ARGS.
 *
 * It runs the code that is on disk then. How it was started does not matter: by a relative path, before a change of
 * directory, by URL. If it cannot begin anew it says why, and goes on.
 */
import { execSelf } from "../../lib/processes/mod.ts";
import { SIG } from "../../lib/signals/mod.ts";
import { print, run } from "../program.ts";

const PAUSE = 2_000;

function restart(): void {
  print("got SIGHUP");
  try {
    execSelf();
  } catch (error) {
    console.error(`hup_daemon: couldn't restart: ${(error as Error).message}`);
  }
}

/** To be replaced by real work. */
async function code(args: string[]): Promise<never> {
  SIG.HUP = restart;
  print(`PID: ${Deno.pid}`);
  print(`ARGV: ${args.join(" ")}`);
  for (let count = 1;; count++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    print(`${count}`);
  }
}

await run({ name: "hup_daemon", usage: "[ARGS]", main: code });
