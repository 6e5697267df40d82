/** A daemon that begins anew: HUP by restart(), USR1 by handOver(), USR2 by execSelf(). Its log tells each generation. */
import { daemonize } from "../../../lib/daemons/mod.ts";
import { execSelf } from "../../../lib/processes/mod.ts";
import { restartable, RestartError } from "../../../lib/servers/mod.ts";
import { SIG } from "../../../lib/signals/mod.ts";

const [options = "{}", what = ""] = Deno.args;
const first = what === "after" ? undefined : restartable();
using daemon = await daemonize(JSON.parse(options));
const complain = (error: Error) =>
  daemon.log?.print(`${error instanceof RestartError} ${error.message.replaceAll("\n", " | ")}`);
SIG.HUP = () => restarter.restart().catch(complain);
SIG.USR1 = () => restarter.handOver().catch(complain);
SIG.USR2 = () => execSelf();
const stopped = daemon.stopped();
const restarter = first ?? restartable();
daemon.log?.print(`begins as ${restarter.role} in ${Deno.cwd()}`);
if (what === "fail" && restarter.role === "trial") daemon.fail("no such luck");
restarter.ready();
if (what === "early" && restarter.role === "first") await restarter.restart();
await daemon.ready();
console.log(`generation ${restarter.generation}`);
console.error("on standard error");
await stopped;
