// permissions: --allow-ffi={libc} --allow-net --allow-run={deno}
/**
 * `phoenix [--bind ADDRESS] [PORT]`: answers `generation G pid P` to each connection; the port is 2345 if none is given, 0 lets
 * the kernel choose. HUP: it goes on as the code that is on disk now, in the same process, with the same socket, and no connection is
 * refused or dropped.
 *
 * How it was started does not matter: by a relative path, before a change of directory, by URL. New code that does not start leaves
 * the old code serving, and the reason is told on standard error.
 */
import { restartable } from "../../lib/servers/mod.ts";
import { SIG } from "../../lib/signals/mod.ts";
import { type Connection, listen } from "../../lib/sockets/mod.ts";
import { run } from "../program.ts";
import { placeOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("phoenix");
const complain = (error: Error) => console.error(`${program.name}: ${error.message}`);

async function main(args: string[]): Promise<void> {
  const place = placeOf(args, 2345);
  const restarter = restartable();
  const ending = new AbortController();
  // All at once: what comes while it begins anew is let in when the first of them is set.
  SIG.INT = SIG.TERM = () => ending.abort();
  SIG.HUP = () =>
    restarter.restart({ signal: ending.signal }).catch((error) => ending.signal.aborted || complain(error));

  async function answer(connection: Connection): Promise<void> {
    await using client = connection;
    await client.writeLine(`generation ${restarter.generation} pid ${Deno.pid}`);
  }

  using web = await restarter.inherited("web", () => listen(place));
  restarter.ready();
  program.log(`server started on port ${(web.addr as Deno.NetAddr).port}`);
  if (ending.signal.aborted) return;
  ending.signal.addEventListener("abort", () => web.close());
  for await (const connection of restarter.connections(web)) answer(connection).catch(complain);
}

await run({ name: program.name, usage: "[--bind ADDRESS] [PORT]", main });
