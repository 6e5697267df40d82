/** What whole processes take: importing, capturing one command, and opening libc. */
import { libc } from "../ffi/libc.ts";
import { runSync } from "../lib/processes/mod.ts";
import { moduleGraph } from "../tools/modules.ts";
import type { Scale } from "./main.ts";
import { type Costs, difference, median, ratio, samples, sideBySide, summary, timed } from "./measure.ts";
import { edges, writeEmpty } from "./empty_graph.ts";
import { textOf } from "./peers.ts";
import type { Goal, Row } from "./report.ts";

const ROOT = new URL("../", import.meta.url);
const WHOLE = "mod.ts";
const AREA = "lib/processes/mod.ts";
const BUNDLE = "dist/vasty.js";
const AREA_BUNDLE = "dist/processes.js";
const EMPTY = "an empty file";
const SHAPE = "as many files that import each other as they do, and have nothing in them";
const ONE_FILE = "one file with as much in it as they have";
const COMMAND = "Deno.Command";

/** What an import costs at most, in milliseconds: for each file of it, and in all. */
const PER_FILE = 0.12;
const MOST = 20;

/** Scripts in a folder of their own, each started with what it needs and nothing else; `using` removes them. */
class Scripts implements Disposable {
  readonly #folder = Deno.makeTempDirSync();

  /** The bundle is made here, of the sources as they are now; the one in dist/ may be of yesterday's. */
  constructor() {
    this.#made("tools/bundle.ts", "dist");
  }

  /** Have `program` of the repository write `name` in the folder: where that is. */
  #made(program: string, name: string): string {
    const flags = ["--no-prompt", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-run"];
    textOf([Deno.execPath(), "run", ...flags, new URL(program, ROOT).pathname, `${this.#folder}/${name}`]);
    return `${this.#folder}/${name}`;
  }

  /** Write files of the shape of `path`, and return where the first of them is. */
  shapeOf(path: string): string {
    writeEmpty(moduleGraph(new URL(path, ROOT)), `${this.#folder}/shape`);
    return `${this.#folder}/shape/${path}`;
  }

  /** Write all that mod.ts imports into one file, and return where that is. */
  oneFile(): string {
    return this.#made("bench/one_file.ts", "one_file.ts");
  }

  /** Milliseconds that a process with `source` as its program takes, from its start to its end. */
  cost(name: string, source: string): () => number {
    const file = `${this.#folder}/${name}.ts`;
    const bundled = source.replaceAll("vasty/dist/", `${this.#folder}/dist/`);
    Deno.writeTextFileSync(file, bundled.replaceAll("vasty/", ROOT.href));
    const flags = ["--no-config", "--no-check", "--no-prompt", "--quiet", "--allow-run=echo"];
    const command = [Deno.execPath(), "run", ...flags, `--allow-ffi=${libc().path}`, file];
    // Deno's caches are as they are where nothing else was run: a file of many thousand modules is slower to look into.
    const env = { DENO_NO_UPDATE_CHECK: "1", DENO_DIR: `${this.#folder}/deno` };
    return () => timed(() => runSync(command, { stdin: "null", stdout: "null", env }));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function importRow(costs: Costs, path: string, goal: Goal | undefined, note: string): Row {
  return { what: `import of ${path} over ${EMPTY}`, measured: difference(costs, path, EMPTY), unit: "ms", goal, note };
}

/** The modules of the areas that deno.json exports, and their files in the bundle. */
function areas(): { sources: string[]; bundles: string[] } {
  const { exports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT))) as {
    exports: Record<string, string>;
  };
  const all = Object.entries(exports).filter(([, path]) => path.startsWith("./lib/"));
  return {
    sources: all.map(([, path]) => path.slice(2)),
    bundles: all.map(([name]) => `dist/${name.slice(2)}.js`),
  };
}

async function importRows(scripts: Scripts, rounds: number): Promise<Row[]> {
  const { sources, bundles } = areas();
  const made: Record<string, string> = { [SHAPE]: scripts.shapeOf(WHOLE), [ONE_FILE]: scripts.oneFile() };
  const importing = (path: string) => path === EMPTY ? "" : `import "${made[path] ?? `vasty/${path}`}";`;
  const costsOf = (paths: readonly string[]) =>
    sideBySide(
      [EMPTY, ...paths].map((path) => ({
        name: path,
        cost: scripts.cost(path.replaceAll(/\W/g, "_"), importing(path)),
      })),
      rounds,
    );
  const fromSources = await costsOf([WHOLE, SHAPE, ONE_FILE, ...sources]);
  // By themselves: what comes behind an import of hundreds of files, which has filled the processor's caches, takes a
  // millisecond longer.
  const fromBundles = await costsOf([BUNDLE, ...bundles]);
  const note = (path: string) => {
    const graph = moduleGraph(new URL(path, ROOT));
    return `${graph.size} files, ${edges(graph)} imports`;
  };
  const bare = `a bare start takes ${median(samples(fromSources, EMPTY)).toFixed(1)} ms`;
  return [
    importRow(fromSources, WHOLE, { most: MOST }, `${note(WHOLE)}; ${bare}`),
    perFile(fromSources, moduleGraph(new URL(WHOLE, ROOT)).size),
    importRow(fromSources, SHAPE, undefined, "what Deno takes whatever is in them"),
    importRow(fromSources, ONE_FILE, undefined, "what it takes for that however few files it is in"),
    ...sources.map((area) => importRow(fromSources, area, undefined, note(area))),
    importRow(fromBundles, BUNDLE, { most: 8 }, "one file"),
    ...bundles.map((area) => importRow(fromBundles, area, { most: 5 }, "with the chunks that it shares")),
  ];
}

function perFile(costs: Costs, files: number): Row {
  const { median, min, max } = difference(costs, WHOLE, EMPTY);
  const measured = { median: median / files, min: min / files, max: max / files };
  return { what: `import of ${WHOLE}, for each file`, measured, unit: "ms", goal: { most: PER_FILE } };
}

/** The scripts that capture: with Deno's own means, with the sources, and with the bundles. */
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
const FROM_SOURCES = ["capture()", "captureSync()"];
for (const name of FROM_SOURCES) {
  CAPTURES[`${name} of the bundle`] = CAPTURES[name]!.replace(AREA, BUNDLE);
  CAPTURES[`${name} of its area's bundle`] = CAPTURES[name]!.replace(AREA, AREA_BUNDLE);
}

async function captureRows(scripts: Scripts, rounds: number): Promise<Row[]> {
  const rowsOf = async (names: readonly string[]): Promise<Row[]> => {
    const contenders = [COMMAND, ...names].map((name) => (
      { name, cost: scripts.cost(name.replaceAll(/\W/g, "_"), CAPTURES[name]!) }
    ));
    const costs = await sideBySide(contenders, rounds);
    const ms = (name: string) => `${median(samples(costs, name)).toFixed(1)} ms`;
    return names.map((name): Row => ({
      what: `a script that captures echo, ${name} to ${COMMAND}`,
      measured: ratio(costs, name, COMMAND),
      unit: "times",
      goal: { most: 1.15 },
      note: `${ms(name)} to ${ms(COMMAND)}`,
    }));
  };
  const bundled = Object.keys(CAPTURES).filter((name) => name !== COMMAND && !FROM_SOURCES.includes(name));
  return [...await rowsOf(FROM_SOURCES), ...await rowsOf(bundled)];
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
