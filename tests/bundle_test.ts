import { assert, assertEquals, repository, test } from "./support/mod.ts";
import { libc } from "../ffi/libc.ts";

async function deno(cwd: string, ...args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** What `deno task bundle FOLDER` does. */
function bundle(folder: string): Promise<string> {
  const granted = ["read", "write", "env", "run"].map((name) => `--allow-${name}`);
  return deno(repository(""), "run", "--no-prompt", "--quiet", ...granted, repository("tools/bundle.ts"), folder);
}

/** Run `body` with a folder that is gone afterwards. */
async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("bundle: two runs in different folders write the same bytes", () =>
  inFolder(async (folder) => {
    await Promise.all([bundle(`${folder}/one`), bundle(`${folder}/one/two`)]);
    for (const name of ["vasty.js", "vasty.js.map"]) {
      const [one, two] = await Promise.all(
        ["one", "one/two"].map((place) => Deno.readTextFile(`${folder}/${place}/${name}`)),
      );
      assert(one!.length > 10_000 && one === two, `${name} differs`);
    }
  }));

test("bundle: its map names the sources by their place in the repository", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    const { sources } = JSON.parse(await Deno.readTextFile(`${folder}/vasty.js.map`)) as { sources: string[] };
    assert(sources.includes("lib/processes/spawn.ts"));
    for (const source of sources) assert((await Deno.stat(repository(source))).isFile, source);
  }));

test("bundle: it works alone in an empty folder and exports what mod.ts does", () =>
  inFolder(async (folder) => {
    await bundle(`${folder}/made`);
    await Deno.mkdir(`${folder}/empty`);
    await Deno.copyFile(`${folder}/made/vasty.js`, `${folder}/empty/vasty.js`);
    await Deno.writeTextFile(
      `${folder}/empty/main.js`,
      `import * as vasty from "./vasty.js";
      const { stdout } = await vasty.capture(["echo", "from the bundle"]);
      console.log(JSON.stringify([stdout, vasty.captureSync(["echo"]).stdout, Object.keys(vasty).sort()]));`,
    );
    const flags = ["--no-prompt", "--quiet", "--no-config", `--allow-ffi=${libc().path}`, "--allow-run=echo"];
    const printed = await deno(`${folder}/empty`, "run", ...flags, "main.js");
    const names = Object.keys(await import("../mod.ts")).sort();
    assertEquals(JSON.parse(printed), ["from the bundle\n", "\n", names]);
  }));
