/**
 * Three stages that carry 2 GiB, against a shell, and an eighth of that against dax and execa, through which every byte
 * passes; each in a program that has loaded what it needs.
 */
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { type Contender, type Costs, median, ratio, samples, sideBySide } from "./measure.ts";
import { numberFrom } from "./peers.ts";
import { notMeasured, type Row } from "./report.ts";

const GIB = 2 ** 30;
const OURS = "pipeline()";
const SHELL = "a shell's";

/** What carries the bytes: `pipeline_program.ts NAME BYTES` prints the milliseconds that it took. */
const WITH: Record<string, string> = { [OURS]: "vasty", [SHELL]: "sh", "dax": "dax", "execa": "execa" };

function contender(name: string, bytes: number): Contender {
  const program = new URL("pipeline_program.ts", import.meta.url).pathname;
  const flags = ["--no-prompt", "--quiet", "--no-config", "--no-check", "--no-lock", "--allow-env", "--allow-read"];
  const allowed = ["--allow-run", "--allow-sys", "--allow-write", `--allow-ffi=${libc().path}`];
  const command = [Deno.execPath(), "run", ...flags, ...allowed, program, WITH[name]!, `${bytes}`];
  return { name, cost: () => numberFrom(command) };
}

/** A peer that the package registry did not give is named. */
async function works({ cost }: Contender): Promise<boolean> {
  try {
    await cost();
    return true;
  } catch {
    return false;
  }
}

function compare(costs: Costs, base: string, bytes: number): Row {
  const what = `three stages and ${Math.round(bytes / 2 ** 20)} MiB, ${OURS} to ${base}`;
  if (!costs.has(base)) return notMeasured(what, `needs npm's ${base}`);
  const ms = (name: string) => `${median(samples(costs, name)).toFixed(0)} ms`;
  // Against the shell the bytes go the same way: one is as fast as the other, but for the noise.
  const goal = { most: base === SHELL ? 1.05 : 1 };
  return { what, measured: ratio(costs, OURS, base), unit: "times", goal, note: `${ms(OURS)} to ${ms(base)}` };
}

async function compareWith(bases: string[], bytes: number, rounds: number): Promise<Row[]> {
  const present: Contender[] = [];
  for (const name of [OURS, ...bases]) {
    if (await works(contender(name, GIB / 64))) present.push(contender(name, bytes));
  }
  const costs = await sideBySide(present, rounds);
  return bases.map((base) => compare(costs, base, bytes));
}

export async function pipelineRows({ rounds, share }: Scale): Promise<Row[]> {
  const bytes = Math.max(GIB / 64, Math.round(2 * GIB * share));
  return [
    ...await compareWith([SHELL], bytes, rounds),
    ...await compareWith(["dax", "execa"], Math.round(bytes / 8), rounds),
  ];
}
