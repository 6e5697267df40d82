// permissions: --allow-ffi={libc} --allow-net --allow-read={1} --allow-write={1} --allow-read=catsock --allow-write=catsock --allow-run={deno} --allow-run=/usr/games/fortune
/**
 * `unix [PATH]`: serves on a Unix socket, `catsock` if none is given: greets who connects, with the time and a fortune of a process
 * of its own.
 *
 * A socket file that a server has left behind is replaced; one that somebody serves on is not. INT or TERM removes it.
 */
import { fortuneChild } from "../fortune_child.ts";
import { serve } from "../../lib/servers/mod.ts";
import { run, UsageError } from "../program.ts";
import { ctime } from "../ctime.ts";
import { ServerProgram } from "../server_program.ts";

const program = new ServerProgram("unix");

async function unix(args: string[]): Promise<void> {
  const [path = "catsock"] = args;
  if (args.length > 1 || path === "") throw new UsageError();
  const server = await serve({ path }, {
    child: await fortuneChild(program.name),
    greet: () => {
      program.log(`connection on ${path}`);
      return `Hello there, it's now ${ctime()}\n`;
    },
  }, { ...program.options(), mode: "forking", log: program.childLog });
  await program.run(server);
}

await run({ name: program.name, usage: "[PATH]", main: unix });
