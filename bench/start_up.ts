/** What whole processes take: importing, capturing one command, and opening libc. */
import { libc } from "../ffi/libc.ts";
import { runSync } from "../lib/processes/mod.ts";
import type { Scale } from "./main.ts";
import { type Costs, difference, median, ratio, samples, sideBySide, summary, timed } from "./measure.ts";
import { textOf } from "./peers.ts";
import type { Goal, Row } from "./report.ts";

const ROOT = new URL("../", import.meta.url);
const AREA = "lib/processes/mod.ts";
const BUNDLE = "dist/vasty.js";
const EMPTY = "an empty file";
const COMMAND = "Deno.Command";

/** What an import costs at most, in milliseconds: for each file of it, and whatever their number. */
const PER_FILE = 0.12;
const MOST = 20;

/** Scripts in a folder of their own, each started with what it needs and nothing else; `using` removes them. */
class Scripts implements Disposable {
  readonly #folder = Deno.makeTempDirSync();

  /** The bundle is made here, of the sources as they are now; the one in dist/ may be of yesterday's. */
  constructor() {
    const flags = ["--no-prompt", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-run"];
    textOf([Deno.execPath(), "run", ...flags, new URL("tools/bundle.ts", ROOT).pathname, `${this.#folder}/dist`]);
  }

  /** Milliseconds that a process with `source` as its program takes, from its start to its end. */
  cost(name: string, source: string): () => number {
    const file = `${this.#folder}/${name}.ts`;
    const bundled = source.replaceAll(`vasty/${BUNDLE}`, `${this.#folder}/${BUNDLE}`);
    Deno.writeTextFileSync(file, bundled.replaceAll("vasty/", ROOT.href));
    const flags = ["--no-config", "--no-check", "--no-prompt", "--quiet", "--allow-run=echo"];
    const command = [Deno.execPath(), "run", ...flags, `--allow-ffi=${libc().path}`, file];
    const env = { DENO_NO_UPDATE_CHECK: "1" };
    return () => timed(() => runSync(command, { stdin: "null", stdout: "null", env }));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** What `deno info` says of a file. */
interface Module {
  specifier: string;
  dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
}

/** How many files an import of `path` loads: those that only have types, and those that come later, are none of them. */
function graphSize(path: string): number {
  const text = textOf([Deno.execPath(), "info", "--no-config", "--json", new URL(path, ROOT).pathname]);
  const { roots, modules } = JSON.parse(text) as { roots: string[]; modules: Module[] };
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set(roots);
  for (const specifier of loaded) {
    for (const { code, isDynamic } of known.get(specifier)?.dependencies ?? []) {
      if (code?.specifier.startsWith("file:") && !isDynamic) loaded.add(code.specifier);
    }
  }
  return loaded.size;
}

function importRow(costs: Costs, path: string, goal: Goal, note: string): Row {
  return { what: `import of ${path} over ${EMPTY}`, measured: difference(costs, path, EMPTY), unit: "ms", goal, note };
}

/** The areas that deno.json exports. */
function areas(): string[] {
  const { exports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  return (Object.values(exports) as string[]).filter((path) => path !== "./mod.ts").map((path) => path.slice(2));
}

async function importRows(scripts: Scripts, rounds: number): Promise<Row[]> {
  const paths = ["mod.ts", ...areas(), BUNDLE];
  const contenders = [
    { name: EMPTY, cost: scripts.cost("empty", "") },
    ...paths.map((path, i) => ({ name: path, cost: scripts.cost(`import${i}`, `import "vasty/${path}";`) })),
  ];
  const costs = await sideBySide(contenders, rounds);
  const files = graphSize("mod.ts");
  const bare = `a bare start takes ${median(samples(costs, EMPTY)).toFixed(1)} ms`;
  return [
    importRow(costs, "mod.ts", { most: Math.min(MOST, PER_FILE * files) }, `${files} files; ${bare}`),
    ...areas().map((area) => importRow(costs, area, { most: 5 }, `${graphSize(area)} files`)),
    importRow(costs, BUNDLE, { most: 8 }, "one file"),
  ];
}

const CAPTURES: Record<string, string> = {
  [COMMAND]: `
    const { stdout } = await new Deno.Command("echo", { args: ["hello"] }).output();
    console.log(new TextDecoder().decode(stdout));`,
  "capture()": `
    import { capture } from "vasty/${AREA}";
    console.log((await capture(["echo", "hello"])).stdout);`,
  "captureSync()": `
    import { captureSync } from "vasty/${AREA}";
    console.log(captureSync(["echo", "hello"]).stdout);`,
};
for (const name of ["capture()", "captureSync()"]) {
  CAPTURES[`${name} of the bundle`] = CAPTURES[name]!.replace(AREA, BUNDLE);
}

async function captureRows(scripts: Scripts, rounds: number): Promise<Row[]> {
  const contenders = Object.entries(CAPTURES).map(([name, source], i) => ({
    name,
    cost: scripts.cost(`capture${i}`, source),
  }));
  const costs = await sideBySide(contenders, rounds);
  const row = (name: string): Row => {
    const what = `a script that captures echo, ${name} to ${COMMAND}`;
    const ms = (name: string) => `${median(samples(costs, name)).toFixed(1)} ms`;
    const note = `${ms(name)} to ${ms(COMMAND)}`;
    return { what, measured: ratio(costs, name, COMMAND), unit: "times", goal: { most: 1.15 }, note };
  };
  return Object.keys(CAPTURES).filter((name) => name !== COMMAND).map(row);
}

function firstCallRow(rounds: number): Row {
  const program = new URL("first_call.ts", import.meta.url).pathname;
  const flags = ["--no-config", "--no-check", "--no-prompt", "--quiet", `--allow-ffi=${libc().path}`];
  const once = () =>
    JSON.parse(textOf([Deno.execPath(), "run", ...flags, program])) as { opened: number; called: number };
  once();
  const times = Array.from({ length: rounds }, once);
  const opened = median(times.map(({ opened }) => opened));
  return {
    what: "opening libc and the first call, in a fresh process",
    measured: summary(times.map(({ opened, called }) => opened + called)),
    unit: "ms",
    goal: { most: 3 },
    note: `${opened.toFixed(2)} ms of it is opening`,
  };
}

export async function startUpRows({ rounds, share }: Scale): Promise<Row[]> {
  using scripts = new Scripts();
  const starts = Math.max(rounds, Math.round(40 * share));
  return [...await importRows(scripts, starts), ...await captureRows(scripts, starts), firstCallRow(starts)];
}
