/**
 * Run by start_up.ts: writes what mod.ts imports as one file of TypeScript, as long as the sources together, to see what Deno
 * takes for so much code however few files it is in. The compiler leaves out comments: others stand for them.
 */
import * as esbuild from "esbuild";
import { moduleGraph } from "../tools/modules.ts";

const ROOT = new URL("../", import.meta.url);
const COMMENT =
  "// What it does, what it owns, what blocks, what it throws and when, and where that is from: as the sources say.\n";

async function code(): Promise<string> {
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: ROOT.pathname,
      entryPoints: ["mod.ts"],
      bundle: true,
      write: false,
      format: "esm",
      target: "esnext",
      external: ["node:*"],
      tsconfigRaw: "{}",
    });
    return outputFiles[0]!.text;
  } finally {
    await esbuild.stop();
  }
}

const files = [...moduleGraph(new URL("mod.ts", ROOT)).keys()];
const length = files.reduce((sum, file) => sum + Deno.statSync(new URL(file, ROOT)).size, 0);
const text = await code();
await Deno.writeTextFile(Deno.args[0]!, COMMENT.repeat(Math.floor((length - text.length) / COMMENT.length)) + text);
