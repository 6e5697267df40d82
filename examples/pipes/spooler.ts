// permissions: --allow-ffi={libc} --allow-run={1}
/**
 * `spooler CMD...`: copies its standard input (`stuff`, if that is a terminal) to CMD, and tells whether CMD read it all and ended well.
 */
import { ExitError, openPipe, type PipeWriter } from "../../lib/processes/mod.ts";
import { run, UsageError } from "../program.ts";

const STUFF = new TextEncoder().encode("stuff\n");

/** Copy what there is, until CMD reads no more. */
async function copy(spool: PipeWriter): Promise<void> {
  if (Deno.stdin.isTerminal()) return await spool.write(STUFF);
  for await (const chunk of Deno.stdin.readable) await spool.write(chunk);
}

const isBroken = (error: unknown) => error instanceof Deno.errors.BrokenPipe;

async function spooler(command: string[]): Promise<number> {
  if (command.length === 0) throw new UsageError();
  await using spool = openPipe("|-", command);
  try {
    // What fails here fails again at close, which knows the status as well.
    await copy(spool).catch((error) => {
      if (!isBroken(error)) throw error;
    });
    await spool.close();
    return 0;
  } catch (error) {
    const exit = error instanceof ExitError ? error : undefined;
    const broken = isBroken(exit ? exit.cause : error);
    if (!exit && !broken) throw error;
    if (broken) console.error("spooler: spooler pipe broke");
    if (exit) console.error(`spooler: bad spool: ${exit.status}`);
    return 1;
  }
}

await run({ name: "spooler", usage: "CMD...", main: spooler });
