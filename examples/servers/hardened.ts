// permissions: --allow-ffi={libc} --allow-net --allow-env
/**
 * `hardened [--bind ADDRESS] [PORT]`: the server `tcp`, which trusts nothing that it was given. It has `PATH` alone in its
 * environment, takes a port of digits alone, and may start no program.
 *
 * TERM, INT and HUP have it finish and clean up, and then end by the same signal, as who waits for it would see it of a program
 * that did nothing about it.
 */
import { raise, SIG } from "../../lib/signals/mod.ts";
import { greetingServer } from "../greeting.ts";
import { run } from "../program.ts";
import { placeOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("hardened");

/** Perl's `$ENV{PATH} = "/usr/bin:/bin"`, and nothing else. */
function cleanEnvironment(): void {
  for (const name of Object.keys(Deno.env.toObject())) Deno.env.delete(name);
  Deno.env.set("PATH", "/usr/bin:/bin");
}

async function hardened(args: string[]): Promise<void> {
  // The zone of DATE is that of whoever started it, or else of the machine.
  cleanEnvironment();
  const server = await greetingServer(program, placeOf(args, 2345));
  const signal = await program.run(server, ["SIGTERM", "SIGINT", "SIGHUP"]);
  if (signal === undefined) return;
  SIG[signal] = "DEFAULT";
  raise(signal);
}

await run({ name: program.name, usage: "[--bind ADDRESS] [PORT]", main: hardened });
