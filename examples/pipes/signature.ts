// permissions: --allow-ffi={libc} --allow-write={1} --allow-write={home}/.signature --allow-env=HOME,USER --allow-sys=hostname --allow-run=/usr/games/fortune
/**
 * `signature [FILE]`: makes FILE, `~/.signature` if none is given, a FIFO that has another text for each of its readers.
 *
 * Each gets a line with the user's name and a fortune, at most one every two seconds. A FIFO that somebody removes is made
 * anew; a file of another kind in its place is left alone, and ends the program. INT or TERM removes the FIFO.
 */
import { serveFifo } from "../../lib/pipes/mod.ts";
import { capture } from "../../lib/processes/mod.ts";
import { ctime } from "../ctime.ts";
import { print, run, UsageError } from "../program.ts";

/** Where there is no fortune(6). */
const FORTUNES = [
  "Measure twice, cut once.",
  "A watched pot never boils, but it is seen when it does.",
  "He who asks is a fool for five minutes; he who does not ask remains one.",
  "Many hands make light work, and too many cooks spoil the broth.",
  "The shortest way round is often the longest way home.",
  "What can be said in one line needs no second.",
];

/** Milliseconds between two readers, so that a program that reads twice does not use up two. */
const PAUSE = 2_000;

async function fortune(): Promise<string | undefined> {
  try {
    return (await capture(["/usr/games/fortune", "-s"])).stdout;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What gives a fortune at each call, never the same as the one before. */
async function fortunes(): Promise<() => Promise<string> | string> {
  if (await fortune() !== undefined) return async () => await fortune() ?? "";
  console.error("signature: no /usr/games/fortune here, so one of its own");
  let last = Math.floor(Math.random() * FORTUNES.length);
  return () => {
    last = (last + 1 + Math.floor(Math.random() * (FORTUNES.length - 1))) % FORTUNES.length;
    return `${FORTUNES[last]}\n`;
  };
}

/** Aborted by INT or TERM. */
function ending(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => ending.abort());
  return ending.signal;
}

async function signature(file: string): Promise<void> {
  const signal = ending();
  const user = Deno.env.get("USER") ?? "nobody";
  const next = await fortunes();
  const name = `${user} (${user}@${Deno.hostname()})\n`;
  const server = serveFifo(file, async () => name + await next(), { signal, pause: PAUSE });
  print(`signature ${Deno.pid}: server started on ${file} at ${ctime()}`);
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
