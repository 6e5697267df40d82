// permissions: --allow-ffi={libc} --allow-run={1} --allow-run=netstat,ss
/**
 * `status [CMD...]`: prints what CMD (`netstat -an` if none is given) writes, as it comes, but for lines that begin with tcp or udp.
 *
 * Where there is no netstat, `ss -an` takes its place.
 */
import { ExitError, lines } from "../../lib/processes/mod.ts";
import { print, run } from "../program.ts";

async function status(command: string[]): Promise<void> {
  try {
    for await (const line of lines(command)) {
      if (!/^(tcp|udp)/.test(line)) print(line);
    }
  } catch (error) {
    throw error instanceof ExitError ? new Error(`bad netstat: ${error.status}`) : error;
  }
}

/** Whether `program` exists is only known by starting it. */
async function netstat(): Promise<void> {
  try {
    await status(["netstat", "-an"]);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error("status: no netstat here, so ss -an");
    await status(["ss", "-an"]);
  }
}

await run({
  name: "status",
  usage: "[CMD...]",
  main: (args) => args.length === 0 ? netstat() : status(args),
});
