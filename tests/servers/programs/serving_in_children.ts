/** A server with children, for tests: prints its port, and tells what happens on its standard error output. */
import { serve, type ServeMode } from "../../../lib/servers/mod.ts";

const [mode, child] = Deno.args;
const server = await serve({ hostname: "127.0.0.1", port: 0 }, { child: JSON.parse(child!) }, {
  mode: mode as ServeMode,
  children: 2,
  log: ({ message }) => console.error(message),
});
console.log((server.addresses[0] as Deno.NetAddr).port);
await server.finished;
