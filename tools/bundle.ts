/**
 * `deno task bundle [FOLDER]`: writes the library as one file, `dist/vasty.js` with its source map. The same sources give
 * the same bytes, wherever they lie. Names are kept, so that a stack trace can be read.
 */
import * as esbuild from "esbuild";

const ROOT = new URL("../", import.meta.url).pathname;

/** Bundle `mod.ts` into `folder`, and return the file's path and size. */
export async function bundle(folder: string): Promise<{ path: string; size: number }> {
  const path = `${folder}/vasty.js`;
  try {
    await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: ["mod.ts"],
      outfile: path,
      bundle: true,
      format: "esm",
      target: "esnext",
      charset: "utf8",
      external: ["node:*"],
      minifySyntax: true,
      minifyWhitespace: true,
      sourcemap: "linked",
      // Relative to the map, these would tell where `folder` is; the text itself is in the map.
      sourceRoot: "vasty:///",
      tsconfigRaw: "{}",
      logLevel: "silent",
    });
    await relativeToRoot(`${path}.map`);
    return { path, size: (await Deno.stat(path)).size };
  } finally {
    await esbuild.stop();
  }
}

/** Name the sources by their paths in the repository. */
async function relativeToRoot(file: string): Promise<void> {
  const map = JSON.parse(await Deno.readTextFile(file));
  const base = new URL(`file://${await Deno.realPath(file)}`);
  map.sources = map.sources.map((source: string) => new URL(source, base).pathname.slice(ROOT.length));
  await Deno.writeTextFile(file, JSON.stringify(map));
}

if (import.meta.main) {
  const { path, size } = await bundle(Deno.args[0] ?? `${ROOT}dist`);
  console.log(`${path}: ${size} bytes`);
}
