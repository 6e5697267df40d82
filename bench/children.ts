/** A thousand children at once: the memory that they take here, against `Deno.Command`. */
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { type Contender, median, ratio, samples, sideBySide } from "./measure.ts";
import { numberFrom } from "./peers.ts";
import type { Row } from "./report.ts";

const OURS = "spawn()";
const THEIRS = "Deno.Command";

/** `children_program.ts NAME COUNT` prints the KiB that this program has more of once the children run. */
function contender(name: string, children: number): Contender {
  const program = new URL("children_program.ts", import.meta.url).pathname;
  const flags = ["--no-prompt", "--quiet", "--no-config", "--no-check", "--allow-run", "--allow-read"];
  const command = [Deno.execPath(), "run", ...flags, `--allow-ffi=${libc().path}`, program, name, `${children}`];
  return { name, cost: () => numberFrom(command) };
}

export async function childrenRows({ rounds, share }: Scale): Promise<Row[]> {
  const children = Math.max(20, Math.round(1000 * share));
  const costs = await sideBySide([OURS, THEIRS].map((name) => contender(name, children)), rounds);
  const kib = (name: string) => `${(median(samples(costs, name)) / children).toFixed(1)} KiB`;
  return [{
    what: `memory of ${children} children at once, piped both ways, ${OURS} to ${THEIRS}`,
    measured: ratio(costs, OURS, THEIRS),
    unit: "times",
    goal: { most: 1 },
    note: `${kib(OURS)} to ${kib(THEIRS)} a child`,
  }];
}
