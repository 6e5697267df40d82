// permissions: --allow-ffi={libc} --allow-write={1} --allow-write={home}/.signature --allow-env=HOME,USER --allow-sys=hostname --allow-run=/usr/games/fortune
/**
 * `signature [FILE]`: makes FILE, `~/.signature` if none is given, a FIFO that has another text for each of its readers.
 *
 * Each gets a line with the user's name and a fortune, at most one every two seconds. A FIFO that somebody removes is made
 * anew; a file of another kind in its place is left alone, and ends the program. INT or TERM removes the FIFO.
 */
import { serveFifo } from "../../lib/pipes/mod.ts";
import { fortunes } from "../fortune.ts";
import { print, run, UsageError } from "../program.ts";
import { date } from "../server_program.ts";

/** Milliseconds between two readers, so that a program that reads twice does not use up two. */
const PAUSE = 2_000;

/** Aborted by INT or TERM. */
function ending(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => ending.abort());
  return ending.signal;
}

async function signature(file: string): Promise<void> {
  const signal = ending();
  const user = Deno.env.get("USER") ?? "nobody";
  const next = await fortunes("signature");
  const name = `${user} (${user}@${Deno.hostname()})\n`;
  const server = serveFifo(file, async () => name + await next(), { signal, pause: PAUSE });
  print(`signature ${Deno.pid}: server started on ${file} at ${date()}`);
  await server.finished;
}

await run({
  name: "signature",
  usage: "[FILE]",
  main: async (args) => {
    if (args.length > 1) throw new UsageError();
    await signature(args[0] ?? `${Deno.env.get("HOME") ?? "."}/.signature`);
    // The listeners would keep the program alive.
    Deno.exit(0);
  },
});
