/**
 * `deno task bundle [FOLDER]`: writes the library as one file, `dist/vasty.js`, and by areas, `dist/processes.js` and the
 * others, which share what lies in `dist/chunks`. Each has a source map, and names are kept, so that a stack trace can be
 * read. The same sources give the same bytes, wherever they lie.
 */
import * as esbuild from "esbuild";
import { columns } from "./columns.ts";
import { eagerFunctions } from "./eager.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const WHOLE = "mod.ts";

/** The areas of the library that deno.json exports, as entries of a bundle: the name of each and its module. */
async function areas(): Promise<Record<string, string>> {
  const { exports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)) as { exports: Record<string, string> };
  const all = Object.entries(exports).map(([name, path]) => [name.slice(2), path.slice(2)] as const);
  return Object.fromEntries(all.filter(([, path]) => path.startsWith("lib/")));
}

/** The files of a bundle, by their paths in its folder. Written into the same folder always: their names depend on it. */
async function build(entryPoints: Record<string, string>, splitting: boolean): Promise<Map<string, string>> {
  const outdir = `${ROOT}dist/`;
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir,
    write: false,
    splitting,
    chunkNames: "chunks/[hash]",
    bundle: true,
    format: "esm",
    target: "esnext",
    charset: "utf8",
    external: ["node:*"],
    plugins: [columns, eagerFunctions(ROOT)],
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: "linked",
    sourceRoot: "vasty:///",
    tsconfigRaw: "{}",
    logLevel: "silent",
  });
  return new Map(outputFiles.map(({ path, text }) => [path.slice(outdir.length), text]));
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
async function buildAreas(): Promise<Map<string, string>> {
  const entries = await areas();
  const files = await build({ ...entries, whole: WHOLE }, true);
  for (const name of ["whole", ...Object.keys(entries)]) {
    files.delete(`${name}.js.map`);
    files.set(`${name}.js`, files.get(`${name}.js`)!.replace(/^\/\/# sourceMappingURL=.*\n/m, ""));
  }
  files.delete("whole.js");
  return files;
}

/** Write the bundle into `folder`, and return its files, each with its size. */
export async function bundle(folder: string): Promise<Map<string, number>> {
  try {
    const files = new Map([...await build({ vasty: WHOLE }, false), ...await buildAreas()]);
    await Deno.mkdir(folder, { recursive: true });
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
