/** Starting /bin/true and waiting for its end, against C, Perl and `Deno.Command`. */
import { run, runSync } from "../lib/processes/mod.ts";
import type { Scale } from "./main.ts";
import { type Contender, type Costs, median, ratio, samples, sideBySide, timed, timedAsync } from "./measure.ts";
import { compiled, numberFrom } from "./peers.ts";
import { notMeasured, type Row } from "./report.ts";
import { missing } from "../tests/support/peers.ts";

const TRUE = ["/bin/true"];
const C = "C's posix_spawn and waitpid";
const PERL = "Perl's system";
const COMMAND = "Deno.Command's output()";
const SYNC = "runSync()";
const ASYNC = "run()";
const EXECUTE = "runSync() with a umask, by execute";

/** Microseconds a child. Nothing is captured, so that each does the same: start, wait, reap. */
function contenders(children: number, spawner: string | undefined, perl: boolean): Contender[] {
  const each = (ms: number) => 1000 * ms / children;
  const repeat = async (body: () => Promise<unknown>) => {
    for (let i = 0; i < children; i++) await body();
  };
  const silent = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const all: Contender[] = [
    {
      name: SYNC,
      cost: () =>
        each(timed(() => {
          for (let i = 0; i < children; i++) runSync(TRUE);
        })),
    },
    {
      name: EXECUTE,
      cost: () =>
        each(timed(() => {
          for (let i = 0; i < children; i++) runSync(TRUE, { umask: 0o022 });
        })),
    },
    { name: ASYNC, cost: async () => each(await timedAsync(() => repeat(() => run(TRUE)))) },
    {
      name: COMMAND,
      cost: async () => each(await timedAsync(() => repeat(() => new Deno.Command("/bin/true", silent).output()))),
    },
  ];
  if (spawner) all.unshift({ name: C, cost: () => numberFrom([spawner, `${children}`]) });
  if (perl) all.push({ name: PERL, cost: () => numberFrom(["perl", programPath("system.pl"), `${children}`]) });
  return all;
}

function programPath(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

function compare(costs: Costs, one: string, base: string, most: number): Row {
  const what = `spawn and wait, ${one} to ${base}`;
  if (!costs.has(base)) return notMeasured(what, `needs ${base === C ? "gcc" : "perl"}`);
  const micro = (name: string) => `${median(samples(costs, name)).toFixed(0)} µs`;
  const note = `${micro(one)} to ${micro(base)} a child`;
  return { what, measured: ratio(costs, one, base), unit: "times", goal: { most }, note };
}

export async function spawnRows({ rounds, share }: Scale): Promise<Row[]> {
  using spawner = missing(["gcc"]).length === 0 ? compiled("posix_spawn.c") : undefined;
  const children = Math.max(2, Math.round(100 * share));
  const all = contenders(children, spawner?.path, missing(["perl"]).length === 0);
  const costs = await sideBySide(all, Math.max(rounds, Math.round(21 * share)));
  return [
    compare(costs, SYNC, C, 1.1),
    compare(costs, ASYNC, C, 1.2),
    compare(costs, SYNC, COMMAND, 1),
    compare(costs, ASYNC, COMMAND, 1),
    compare(costs, SYNC, PERL, 1),
    compare(costs, ASYNC, PERL, 1),
    // As fast as the other way, but for the noise.
    compare(costs, EXECUTE, SYNC, 1.05),
  ];
}
