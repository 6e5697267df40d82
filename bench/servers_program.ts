/**
 * Run by servers.ts: `servers_program.ts MODE STEPS` serves a greeting after so many steps of work, and says at which port;
 * `forking 0 PROGRAM...` serves a program; `steps MILLISECONDS` prints how many steps take so long.
 */
import type { Connection } from "../lib/sockets/mod.ts";
import { serve, type ServeHandlers, type ServeOptions } from "../lib/servers/mod.ts";
import { timed } from "./measure.ts";

const greeting = new TextEncoder().encode("220 ready\r\n");
const hostname = "127.0.0.1";
const [mode, number] = [Deno.args[0]!, Number(Deno.args[1])];

/** What a greeting takes before; as in servers.mjs. */
function work(steps: number): number {
  let state = 1;
  for (let i = 0; i < steps; i++) state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return state;
}

/** What a child of the pre-forking server does. */
export async function greet(connection: Connection, _of: unknown, steps: number): Promise<void> {
  work(steps);
  await connection.write(greeting);
}

/** Deno's own: nothing but what has to be done. */
function bare(): number {
  const listener = Deno.listen({ hostname, port: 0 });
  const handle = async (connection: Deno.Conn) => {
    work(number);
    await connection.write(greeting);
    connection.close();
  };
  (async () => {
    for await (const connection of listener) handle(connection);
  })();
  return listener.addr.port;
}

async function port(handlers: ServeHandlers, options: ServeOptions): Promise<number> {
  const server = await serve({ hostname, port: 0 }, handlers, options);
  return (server.addresses[0] as Deno.NetAddr).port;
}

/** As the quickest of many: whatever else runs takes its time from the others. */
function steps(ms: number): number {
  const some = 100_000;
  return Math.round(some * ms / Math.min(...Array.from({ length: 50 }, () => timed(() => work(some)))));
}

const MODES: Record<string, () => unknown> = {
  bare,
  multiplexed: () =>
    port({
      stream: async (connection) => {
        work(number);
        await connection.write(greeting);
      },
    }, {}),
  single: () => port({ stream: (connection) => greet(connection, undefined, number) }, { mode: "single" }),
  preforking: () => {
    const child = { module: import.meta.url, export: "greet", args: [number] };
    return port({ child }, { mode: "preforking", children: 2, warm: 0 });
  },
  forking: () => port({ child: { program: Deno.args.slice(2) } }, { mode: "forking" }),
  steps: () => steps(number),
};

if (import.meta.main) console.log(await MODES[mode]!());
