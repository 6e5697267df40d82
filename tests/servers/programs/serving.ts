/** An echo server for tests: prints its port, and tells what happens on its standard error output. */
import { serve } from "../../../lib/servers/mod.ts";

const [port = "0"] = Deno.args;
const server = await serve({ hostname: "127.0.0.1", port: Number(port) }, async (connection) => {
  for await (const line of connection.readLines()) await connection.writeLine(line);
});
console.log((server.addresses[0] as Deno.NetAddr).port);
await server.finished;
