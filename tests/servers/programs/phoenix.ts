/** Serves TCP and a Unix socket; HUP: begins anew in place, USR1: hands over to a new process. Its text is copied beside part.ts. */
import { restartable } from "../../../lib/servers/mod.ts";
import { SIG } from "../../../lib/signals/mod.ts";
import { type Connection, listen, type Listener } from "../../../lib/sockets/mod.ts";

const [path = "", options = "{}"] = Deno.args;
const active = new Set<Promise<unknown>>();
const drain = () => Promise.allSettled(active);
const restarter = restartable({ drain: async () => void await drain(), ...JSON.parse(options) });
const complain = (error: Error) => console.error(error.message.replaceAll("\n", " | "));

SIG.HUP = () => restarter.restart().catch(complain);
SIG.USR1 = () => restarter.handOver().then(() => Deno.exit(0), complain);

async function serve(connection: Connection): Promise<void> {
  await using client = connection;
  await client.writeLine(`generation ${restarter.generation} pid ${Deno.pid}`);
}

async function serveAll(listener: Listener): Promise<void> {
  for await (const connection of restarter.connections(listener)) {
    const serving = serve(connection).catch(complain).finally(() => active.delete(serving));
    active.add(serving);
  }
}

const part = new URL("./part.ts", import.meta.url).href;
Deno.chdir("/");
const web = await restarter.inherited("web", () => listen({ hostname: "127.0.0.1", port: 0 }));
const local = await restarter.inherited("local", () => listen({ path }));
await import(part);
restarter.ready();
console.log(`ready ${restarter.generation} ${Deno.pid} ${(web.addr as Deno.NetAddr).port}`);
await Promise.all([serveAll(web), serveAll(local)]);
