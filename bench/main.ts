// permissions: --allow-ffi={libc} --allow-run --allow-read --allow-write --allow-env --allow-net
/**
 * `deno task bench [GROUP...] [--quick|--write]`: the library side by side with C, Perl and `Deno.Command`, as ratios
 * measured in one run. A goal that this machine misses is shown and is no failure; what does not work is one.
 *
 * @module
 */
import { channelRows } from "./channel.ts";
import { childrenRows } from "./children.ts";
import { errnoRows } from "./errno.ts";
import { lockRows } from "./locks.ts";
import { pipelineRows } from "./pipeline.ts";
import { readRows } from "./read.ts";
import { renewed, type Row, section } from "./report.ts";
import { selfRows } from "./self.ts";
import { signalRows } from "./signals.ts";
import { serverRows } from "./servers.ts";
import { socketRows } from "./sockets.ts";
import { spawnRows } from "./spawn.ts";
import { startUpRows } from "./start_up.ts";
import { sysvRows } from "./sysv.ts";
import { terminalRows } from "./terminals.ts";
import { waitingRows } from "./waiting.ts";

/** How much is measured. */
export interface Scale {
  /** The least number of rounds. */
  readonly rounds: number;
  /** 1 for figures that mean something; less to see only that everything works. */
  readonly share: number;
}

type Measurement = (scale: Scale) => Promise<Row[]>;

const GROUPS: Record<string, readonly Measurement[]> = {
  processes: [spawnRows, readRows, pipelineRows, childrenRows, selfRows, startUpRows, errnoRows],
  waiting: [waitingRows],
  signals: [signalRows],
  locks: [lockRows],
  sockets: [socketRows],
  servers: [serverRows],
  sysv: [sysvRows, channelRows],
  terminals: [terminalRows],
};
const RESULTS = new URL("RESULTS.md", import.meta.url);

async function measure(group: string, scale: Scale): Promise<string> {
  const rows: Row[] = [];
  for (const measurement of GROUPS[group]!) rows.push(...await measurement(scale));
  const text = section(group, rows);
  console.log(text);
  return text;
}

function usage(problem: string): never {
  console.error(`${problem}\nusage: deno task bench [${Object.keys(GROUPS).join("|")}]... [--quick|--write]`);
  Deno.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  for (const flag of flags) if (flag !== "--quick" && flag !== "--write") usage(`There is no option ${flag}.`);
  const named = args.filter((arg) => !arg.startsWith("-"));
  for (const name of named) if (!Object.hasOwn(GROUPS, name)) usage(`There is no group ${JSON.stringify(name)}.`);
  if (flags.length > 1) usage("What --quick measures is not to be kept: --write goes without it.");
  const scale: Scale = flags.includes("--quick") ? { rounds: 1, share: 0.01 } : { rounds: 7, share: 1 };
  const sections = new Map<string, string>();
  for (const group of named.length > 0 ? named : Object.keys(GROUPS)) sections.set(group, await measure(group, scale));
  if (!flags.includes("--write")) return;
  await Deno.writeTextFile(RESULTS, renewed(await Deno.readTextFile(RESULTS), sections, Object.keys(GROUPS)));
}

if (import.meta.main) await main(Deno.args);
