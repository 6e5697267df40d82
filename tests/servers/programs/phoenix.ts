/** Serves TCP and a Unix socket; HUP: begins anew in place, USR1: hands over to a new process. Its text is copied beside part.ts. */
import { inheritedSockets, restartable } from "../../../lib/servers/mod.ts";
import { SIG } from "../../../lib/signals/mod.ts";
import { type Connection, listen, type Listener } from "../../../lib/sockets/mod.ts";

const [path = "", options = "{}"] = Deno.args;
/** What part.ts may export. */
let hooks: { serving?(connection: Connection): unknown; drain?(): Promise<void> } = {};
const restarter = restartable({ drain: () => hooks.drain?.(), ...JSON.parse(options) });
const complain = (error: Error) => console.error(error.message.replaceAll("\n", " | "));

SIG.HUP = () => restarter.restart().catch(complain);
SIG.USR1 = () => restarter.handOver().then(() => Deno.exit(0), complain);

async function serve(connection: Connection): Promise<void> {
  await using client = connection;
  await hooks.serving?.(client);
  await client.writeLine(`generation ${restarter.generation} pid ${Deno.pid}`);
}

async function serveAll(listener: Listener): Promise<void> {
  for await (const connection of restarter.connections(listener)) {
    serve(connection).catch(complain);
  }
}

const part = new URL("./part.ts", import.meta.url).href;
Deno.chdir("/");
const [given] = inheritedSockets();
const web = await restarter.inherited("web", () => given?.listener() ?? listen({ hostname: "127.0.0.1", port: 0 }));
const local = await restarter.inherited("local", () => listen({ path }));
hooks = await import(part);
restarter.ready();
console.log(`ready ${restarter.generation} ${Deno.pid} ${(web.addr as Deno.NetAddr).port}`);
await Promise.all([serveAll(web), serveAll(local)]);
