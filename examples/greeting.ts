/** The server of perlipc that greets who connects. */
import { serve, type ServeAddress, type ServeOptions, type Server, type StreamHandler } from "../lib/servers/mod.ts";
import { ctime } from "./ctime.ts";
import { nameOf, type ServerProgram } from "./server_program.ts";

/** Greet a client, and log that it came. */
function greeter(program: ServerProgram): StreamHandler {
  return async (connection, client) => {
    const name = await nameOf(client);
    const { hostname, port } = client.address as Deno.NetAddr;
    program.log(`connection from ${name} [${hostname}] at port ${port}`);
    await connection.writeLine(`Hello there, ${name}, it's now ${ctime()}`);
  };
}

/** A server that greets. */
export async function greetingServer(
  program: ServerProgram,
  place: ServeAddress,
  options: ServeOptions = {},
): Promise<Server> {
  return await serve(place, greeter(program), program.options(options));
}
