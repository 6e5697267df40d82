// permissions: --allow-ffi={libc} --allow-net --allow-run={+2} --allow-run={deno} --allow-run=/usr/games/fortune
/**
 * `tcp_forking [--bind ADDRESS] [PORT [PROGRAM ARGS...]]`: greets who connects, and runs PROGRAM with the connection as its standard
 * input and output, in a process of its own for each client. It is fortune(6) if none is given, and the port 2345.
 *
 * Who is born and who dies is logged: `begat PID`, and `reaped PID with exit N`, N as wait(2) has it, unless it is 0.
 */
import { fortuneChild } from "../fortune_child.ts";
import { serve } from "../../lib/servers/mod.ts";
import { run } from "../program.ts";
import { ctime } from "../ctime.ts";
import { nameOf, placeOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("tcp_forking");

async function forking(args: string[]): Promise<void> {
  const own = args[0] === "--bind" ? 3 : 1;
  const words = args.slice(own);
  const place = placeOf(args.slice(0, own), 2345);
  const child = words.length > 0 ? { program: words } : await fortuneChild(program.name);
  const server = await serve(place, {
    child,
    greet: async (client) => {
      const name = await nameOf(client);
      const { hostname, port } = client.address as Deno.NetAddr;
      program.log(`connection from ${name} [${hostname}] at port ${port}`);
      return `Hello there, ${name}, it's now ${ctime()}\r\n`;
    },
  }, { ...program.options(), mode: "forking", log: program.childLog });
  await program.run(server);
}

await run({ name: program.name, usage: "[--bind ADDRESS] [PORT [PROGRAM ARGS...]]", main: forking });
