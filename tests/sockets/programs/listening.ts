/** Listens at the path that it is given, and prints its process id. */
import { listen } from "../../../lib/sockets/mod.ts";

using listener = await listen({ path: Deno.args[0]! });
console.log(Deno.pid);
for await (const connection of listener) connection.close();
