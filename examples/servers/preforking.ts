// permissions: --allow-ffi={libc} --allow-net --allow-run={deno}
/**
 * `preforking [--bind ADDRESS] [PORT [CHILDREN [CLIENTS]]]`: greets who connects, by processes that share the socket; each ends
 * after so many clients, and another takes its place. There are 5 for 5 clients each if nothing is said, on port 2345.
 *
 * `child PID started` and `child PID ended after N` are logged. TTIN makes one child more, TTOU one less.
 */
import { type PreforkedConnection, serve } from "../../lib/servers/mod.ts";
import { checkedName, type Connection } from "../../lib/sockets/mod.ts";
import { run, UsageError } from "../program.ts";
import { ctime } from "../ctime.ts";
import { placeOf, ServerProgram } from "../server_program.ts";

/** Run in the children. */
export async function greet(connection: Connection, _which: PreforkedConnection): Promise<void> {
  const { hostname } = connection.remoteAddr as Deno.NetAddr;
  const { name, checked } = await checkedName(connection.remoteAddr as Deno.NetAddr, { timeout: 5_000 })
    .catch(() => ({ name: "", checked: false }));
  await connection.writeLine(`Hello there, ${checked ? name : hostname}, it's now ${ctime()}`);
}

/** A number from 1 on. */
function numberOf(text = "5"): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new UsageError();
  return Number(text);
}

async function preforking(program: ServerProgram, args: string[]): Promise<void> {
  const own = args[0] === "--bind" ? 3 : 1;
  const [children, clients, ...others] = args.slice(own);
  if (others.length > 0) throw new UsageError();
  const place = placeOf(args.slice(0, own), 2345);
  const early: (() => void)[] = [];
  let log = (text: string): void => void early.push(() => program.log(text));
  const server = await serve(place, {
    child: { module: import.meta.url, export: "greet", permissions: { net: true } },
  }, {
    ...program.options(),
    mode: "preforking",
    children: numberOf(children),
    requestsPerChild: numberOf(clients),
    log: (event) => program.childLog(event, log),
  });
  const finished = program.run(server);
  log = (text) => program.log(text);
  for (const tell of early) tell();
  await finished;
}

if (import.meta.main) {
  const program = new ServerProgram("preforking");
  const usage = "[--bind ADDRESS] [PORT [CHILDREN [CLIENTS]]]";
  await run({ name: program.name, usage, main: (args) => preforking(program, args) });
}
