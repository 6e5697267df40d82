import { libc } from "../ffi/libc.ts";
import { assert, assertEquals, repository, test } from "./support/mod.ts";

/** What README's examples take for granted. */
const GIVEN = `
  declare const child: vasty.Child, channel: vasty.Socket, password: string, signal: AbortSignal;
  declare function work(job: Uint8Array): Promise<void>;
  declare function answer(peer: vasty.Connection): Promise<void>;
`;

/** README's examples as functions of a module, with what they import and what else they name from `library`. */
async function examples(library: string, names: string[]): Promise<string[]> {
  const text = await Deno.readTextFile(repository("README.md"));
  const blocks = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!.replace(/^import .*\n/gm, ""));
  const head = `import * as vasty from "${library}";\nimport { ${names.join(", ")} } from "${library}";\n${GIVEN}`;
  return blocks.map((code) => `${head}export async function example() {\n${code}}\n`);
}

async function deno(cwd: string, ...args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Run `body` in a folder of the sources and the bundle that `deno task bundle` makes of them. */
async function withBundle(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["mod.ts", "lib", "ffi", "screen", "tools", "deno.json", "deno.lock"]) {
      await copy(repository(name), `${folder}/${name}`);
    }
    const granted = ["read", "write", "env", "run"].map((name) => `--allow-${name}`);
    await deno(folder, "run", "--no-prompt", "--quiet", ...granted, "tools/bundle.ts");
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

test("README's examples are typed by the bundle beside the sources as by these", () =>
  withBundle(async (folder) => {
    const names = Object.keys(await import("../mod.ts"));
    const programs = await examples("./dist/vasty.js", names);
    assert(programs.length > 5);
    for (const [i, code] of programs.entries()) await Deno.writeTextFile(`${folder}/example${i}.ts`, code);
    await Deno.writeTextFile(
      `${folder}/areas.ts`,
      `import { type SpawnOptions } from "./dist/processes.js";
      import { type Fd } from "./dist/core.js";
      import { type Pipe } from "./dist/pipes.js";
      export const options = (pipe: Pipe): SpawnOptions => ({ stdin: pipe.reader satisfies Fd });
      // @ts-expect-error there is no such option
      export const wrong: SpawnOptions = { stdinn: "null" };`,
    );
    const files = [...programs.keys()].map((i) => `example${i}.ts`);
    await deno(folder, "check", "--quiet", ...files, "areas.ts");
  }));

test("the bundle beside the sources loads none of them to run", () =>
  withBundle(async (folder) => {
    for (const name of ["mod.ts", "lib", "ffi", "deno.json"]) {
      await Deno.remove(`${folder}/${name}`, { recursive: true });
    }
    for (const file of ["vasty.js", "processes.js"]) {
      const source = `import { capture } from "./dist/${file}"; console.log((await capture(["echo", "runs"])).stdout);`;
      await Deno.writeTextFile(`${folder}/main.ts`, source);
      const flags = ["--no-prompt", "--quiet", "--no-config", `--allow-ffi=${libc().path}`, "--allow-run=echo"];
      assertEquals(await deno(folder, "run", ...flags, "main.ts"), "runs\n\n", file);
    }
  }));
