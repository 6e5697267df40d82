/** Has the pid file that is named first, until its standard input ends; or `end`s who has it. */
import { PidFile } from "../../../lib/daemons/mod.ts";

const [path, what] = Deno.args as [string, string?];
if (what === "end") console.log("stopped", (await PidFile.stop(path)).pid);
else {
  using file = PidFile.create(path);
  console.log("READY", file.pid);
  while (await Deno.stdin.read(new Uint8Array(1)) !== null);
}
