// permissions: --allow-ffi={libc} --allow-net
/**
 * `nonforking [--bind ADDRESS] [PORT]`: sends each line back that a client sends, all clients side by side in one process.
 *
 * One that is silent in mid-line delays nobody. The port is 1685 if none is given.
 */
import { serve } from "../../lib/servers/mod.ts";
import { run } from "../program.ts";
import { placeOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("nonforking");

async function nonforking(args: string[]): Promise<void> {
  const server = await serve(placeOf(args, 1685), async (connection) => {
    connection.lineEnd = "\n";
    for await (const line of connection.readLines()) await connection.writeLine(line);
  }, program.options());
  await program.run(server);
}

await run({ name: program.name, usage: "[--bind ADDRESS] [PORT]", main: nonforking });
