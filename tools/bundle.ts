/**
 * `deno task bundle [FOLDER]`: writes the library as one file, `dist/vasty.js`, and by areas, `dist/processes.js` and the
 * others, which share what lies in `dist/chunks`. Each has a source map, and names are kept, so that a stack trace can be
 * read. The same sources give the same bytes, wherever they lie.
 *
 * In a folder of the repository, which `dist` is, each has the types of the sources beside it: Deno reads those when it
 * checks a program, and not when it runs one. In a folder elsewhere, which may go where there are no sources, they have none.
 */
import * as esbuild from "esbuild";
import { type Chunk, joined } from "./chunks.ts";
import { columns } from "./columns.ts";
import { allTables, literals } from "./constants.ts";
import { directImports, fromFolder, namesOf } from "./direct.ts";
import { eagerFunctions } from "./eager.ts";
import { type Change, type LaterChange, sources } from "./sources.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const WHOLE = "mod.ts";
/** Of files that are in one there is none to be told of. */
const withoutGraph: Change = (text, path) => path === "lib/graph.ts" ? "" : text;
/** What every bundle's sources go through. */
const CHANGES: readonly LaterChange[] = [withoutGraph, literals(await allTables(ROOT)), eagerFunctions];

/** Whose import is more of the whole than that of others: a script that runs a command is over in a few milliseconds. */
const WEIGHTS: Record<string, number> = { "lib/processes/mod.ts": 4 };

/** The areas of the library that deno.json exports, as entries of a bundle: the name of each and its module. */
async function areas(): Promise<Record<string, string>> {
  const { exports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)) as { exports: Record<string, string> };
  const all = Object.entries(exports).map(([name, path]) => [name.slice(2), path.slice(2)] as const);
  return Object.fromEntries(all.filter(([, path]) => path.startsWith("lib/")));
}

/** A bundle that has been built. */
interface Built {
  /** The files, by their paths in its folder. */
  readonly files: Map<string, string>;
  readonly outputs: esbuild.Metafile["outputs"];
}

/** Written into the same folder always: the names of the files depend on it. */
async function build(
  entryPoints: Record<string, string>,
  splitting: boolean,
  { changes = [], begin = "" }: { changes?: readonly LaterChange[]; begin?: string },
): Promise<Built> {
  const outdir = `${ROOT}dist/`;
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir,
    write: false,
    metafile: true,
    splitting,
    chunkNames: "chunks/[hash]",
    bundle: true,
    format: "esm",
    target: "esnext",
    charset: "utf8",
    external: ["node:*"],
    inject: [`${ROOT}tools/put_members.ts`],
    plugins: [columns, sources(ROOT, [...changes, ...CHANGES])],
    minifySyntax: true,
    minifyWhitespace: true,
    banner: { js: begin },
    sourcemap: "linked",
    sourceRoot: "vasty:///",
    tsconfigRaw: "{}",
    logLevel: "silent",
  });
  return {
    files: new Map(outputFiles.map(({ path, text }) => [path.slice(outdir.length), text])),
    outputs: metafile.outputs,
  };
}

/** The map of `file` with the sources under their paths in the repository, and as they are there. */
async function readable(file: string, text: string): Promise<string> {
  const map = JSON.parse(text) as { sources: string[]; sourcesContent: string[] };
  const base = new URL(`file://${ROOT}dist/${file}`);
  map.sources = map.sources.map((source) => new URL(source, base).pathname.slice(ROOT.length));
  map.sourcesContent = await Promise.all(map.sources.map((source) => Deno.readTextFile(`${ROOT}${source}`)));
  return JSON.stringify(map);
}

/**
 * The areas' files. With the whole as a further entry, nothing is one area's alone, and all code goes into the chunks:
 * an area's own file only names them, each once. Deno reads the source map of a file that imports another before it has
 * met that one, which takes longer than all the rest: so there is none here, and nothing new for a chunk to import.
 */
async function buildAreas(folder: string): Promise<Map<string, string>> {
  const modules = await areas();
  const entries = { ...modules, whole: WHOLE };
  const direct = directImports(await namesOfAreas(Object.values(modules)));
  const { outputs } = await build(entries, true, { changes: [direct] });
  const changes = [direct, joinChunks(outputs, Object.values(modules))];
  const { files } = await build(entries, true, { changes });
  for (const [name, module] of Object.entries(entries)) {
    files.delete(`${name}.js.map`);
    const text = files.get(`${name}.js`)!.replace(/^\/\/# sourceMappingURL=.*\n/m, "");
    files.set(`${name}.js`, [typesOf(module, folder), text].filter(Boolean).join("\n"));
  }
  files.delete("whole.js");
  return files;
}

/** The line with which a bundle of `module` begins in `folder`: where Deno finds its types, if they are beside it. */
function typesOf(module: string, folder: string): string {
  const root = Deno.realPathSync(ROOT);
  return `${folder}/`.startsWith(`${root}/`) ? `// @ts-self-types="${fromFolder(folder, `${root}/${module}`)}"` : "";
}

async function namesOfAreas(modules: readonly string[]): Promise<Map<string, Map<string, string>>> {
  const names = async (path: string) => [path, namesOf(await Deno.readTextFile(`${ROOT}${path}`), path)] as const;
  return new Map(await Promise.all(modules.map(names)));
}

/** Has the areas load each other's code in few files: what two of them import goes into one chunk. */
function joinChunks(outputs: Built["outputs"], areas: readonly string[]): Change {
  const paths = Object.keys(outputs).filter((path) => path.startsWith("dist/chunks/") && path.endsWith(".js"));
  const uses = (path: string) => outputs[path]!.imports.map(({ path }) => paths.indexOf(path)).filter((i) => i >= 0);
  const loaded = areas.map((area) => loadedBy(area, outputs));
  const chunks = paths.map((path): Chunk => ({
    areas: loaded.reduce((set, loads, i) => loads.has(path) ? set | 1 << i : set, 0),
    bytes: outputs[path]!.bytes,
    uses: uses(path),
  }));
  const better = joined(chunks, areas.map((area) => WEIGHTS[area] ?? 1));
  return (text, path) => {
    const area = areas.indexOf(path);
    if (area < 0) return text;
    const more = paths.filter((path, i) => (better[i]! & 1 << area) !== 0 && !loaded[area]!.has(path));
    const modules = more.flatMap((path) => Object.keys(outputs[path]!.inputs));
    const folder = path.slice(0, path.lastIndexOf("/"));
    return text + modules.map((module) => `import "${fromFolder(folder, module)}";\n`).join("");
  };
}

/** The files that an import of the module `area` loads. */
function loadedBy(area: string, outputs: Built["outputs"]): Set<string> {
  const loaded = new Set(Object.keys(outputs).filter((path) => outputs[path]!.entryPoint === area));
  for (const path of loaded) {
    for (const { path: imported, external } of outputs[path]!.imports) if (!external) loaded.add(imported);
  }
  return loaded;
}

/** Write the bundle into `folder`, and return its files, each with its size. */
export async function bundle(folder: string): Promise<Map<string, number>> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    const place = await Deno.realPath(folder);
    const whole = await build({ vasty: WHOLE }, false, { begin: typesOf(WHOLE, place) });
    const files = new Map([...whole.files, ...await buildAreas(place)]);
    // Of older sources, under names that no longer come.
    await Deno.remove(`${folder}/chunks`, { recursive: true }).catch(() => {});
    await Deno.mkdir(`${folder}/chunks`);
    for (const [name, text] of files) {
      await Deno.writeTextFile(`${folder}/${name}`, name.endsWith(".map") ? await readable(name, text) : text);
    }
    return new Map([...files].map(([name, text]) => [`${folder}/${name}`, new TextEncoder().encode(text).length]));
  } finally {
    await esbuild.stop();
  }
}

if (import.meta.main) {
  for (const [path, size] of await bundle(Deno.args[0] ?? `${ROOT}dist`)) {
    if (path.endsWith(".js")) console.log(`${path}: ${size} bytes`);
  }
}
