import { assert, assertEquals, repository, test } from "./support/mod.ts";
import { fcntl_h } from "../ffi/abi/fcntl.ts";
import { libc } from "../ffi/libc.ts";
import { literals, tablesOf } from "../tools/constants.ts";
import { directImports, namesOf } from "../tools/direct.ts";

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

/** The names of the files in `folder` and in its `chunks`. */
async function filesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const place of ["", "chunks/"]) {
    for await (const { name, isFile } of Deno.readDir(`${folder}/${place}`)) if (isFile) names.push(place + name);
  }
  return names.sort();
}

/** The areas' names, and their modules: what needs a package from npm is none. */
async function areas(): Promise<[area: string, module: string][]> {
  const { exports } = JSON.parse(await Deno.readTextFile(repository("deno.json"))) as { exports: object };
  const all = Object.entries(exports).map(([name, path]): [string, string] => [name.slice(2), path.slice(2)]);
  return all.filter(([, module]) => module.startsWith("lib/"));
}

test("bundle: two runs in different folders write the same bytes", () =>
  inFolder(async (folder) => {
    await Promise.all([bundle(`${folder}/one`), bundle(`${folder}/two/three`)]);
    const names = await filesIn(`${folder}/one`);
    assertEquals(await filesIn(`${folder}/two/three`), names);
    assert(["core.js", "pipes.js", "processes.js", "vasty.js", "vasty.js.map"].every((name) => names.includes(name)));
    for (const name of names) {
      const [one, two] = await Promise.all(
        ["one", "two/three"].map((place) => Deno.readTextFile(`${folder}/${place}/${name}`)),
      );
      assert(one!.length > 10 && one === two, `${name} differs`);
    }
    assert((await Deno.stat(`${folder}/one/vasty.js`)).size > 10_000);
  }));

test("bundle: a second run leaves nothing of the first", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/chunks`);
    await Deno.writeTextFile(`${folder}/chunks/OLD.js`, "");
    await bundle(folder);
    assert(!(await filesIn(folder)).includes("chunks/OLD.js"));
  }));

test("bundle: the maps name the sources by their place in the repository, and have them as they are", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    const all = new Set<string>();
    for (const name of (await filesIn(folder)).filter((name) => name.endsWith(".map"))) {
      const { sources, sourcesContent } = JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
      for (const [i, source] of sources.entries()) {
        assertEquals(sourcesContent[i], await Deno.readTextFile(repository(source)), source);
        all.add(source);
      }
    }
    assert(all.has("lib/processes/spawn.ts"));
  }));

test("bundle: an error of it is told by the lines of the sources", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    await Deno.writeTextFile(
      `${folder}/main.js`,
      `import { capture } from "./processes.js";
      console.log((await capture([]).catch((error) => error)).stack);`,
    );
    const printed = await deno(folder, "run", "--no-prompt", "--quiet", "--no-config", "main.js");
    const lines = (await Deno.readTextFile(repository("lib/processes/spawn.ts"))).split("\n");
    const [, line] = /checkCommand \(vasty:\/\/.*\/lib\/processes\/spawn\.ts:(\d+):\d+\)/.exec(printed) ?? [];
    assert(lines[Number(line) - 1]?.includes("throw new TypeError"), printed);
  }));

test("bundle: it works alone in an empty folder and exports what mod.ts does", () =>
  inFolder(async (folder) => {
    await bundle(`${folder}/made`);
    // Where it is to be checked as well, it must not ask for types that are not there.
    const files = (await filesIn(`${folder}/made`)).filter((name) => name.endsWith(".js"));
    const texts = await Promise.all(files.map((name) => Deno.readTextFile(`${folder}/made/${name}`)));
    assertEquals(texts.filter((text) => text.includes("@ts-self-types")), []);
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

test("bundle: each area's file exports what the area does, and two of them share their code", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    for (const [area, module] of await areas()) {
      const script = `console.log(JSON.stringify(Object.keys(await import("./${area}.js")).sort()))`;
      await Deno.writeTextFile(`${folder}/names.js`, script);
      const printed = await deno(folder, "run", "--no-prompt", "--quiet", "--no-config", "--allow-read", "names.js");
      assertEquals(JSON.parse(printed), Object.keys(await import(`../${module}`)).sort(), area);
    }
    await Deno.writeTextFile(
      `${folder}/main.js`,
      `import { Fd, SyscallError } from "./core.js";
      import { pipe } from "./pipes.js";
      import { capture, spawn } from "./processes.js";
      const { reader, writer } = pipe();
      using _ends = new DisposableStack();
      _ends.use(reader), _ends.use(writer);
      const failure = await capture(["no-such-program"]).catch((error) => error);
      // What one area has made, another one takes.
      await using child = spawn(["echo"], { stdout: writer });
      console.log(reader.constructor === Fd, failure instanceof SyscallError, (await child.status).success);`,
    );
    const flags = ["--no-prompt", "--quiet", "--no-config", `--allow-ffi=${libc().path}`, "--allow-run=echo"];
    assertEquals(await deno(folder, "run", ...flags, "main.js"), "true true true\n");
  }));

test("bundle: an area's file loads few others, and of the other areas little", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    const whole = (await Deno.stat(`${folder}/vasty.js`)).size;
    for (const [area] of await areas()) {
      // A script that runs a command is over so soon that a file more is felt.
      const most = area === "processes" ? 3 : 7;
      const loaded = new Set([`./${area}.js`]);
      let size = 0;
      for (const name of loaded) {
        const text = await Deno.readTextFile(`${folder}/${name}`);
        for (const [, chunk] of text.matchAll(/(?:from|import)"\.\/(?:chunks\/)?(\w+\.js)"/g)) {
          loaded.add(`chunks/${chunk}`);
        }
        size += text.length;
      }
      assert(loaded.size > 1 && loaded.size <= most, `${area} loads ${loaded.size} files`);
      assert(size < 0.6 * whole, `${area} loads ${size} of ${whole} bytes`);
    }
  }));

test("bundle: what a first capture() calls is compiled with the module", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    const text = await Deno.readTextFile(`${folder}/vasty.js`);
    for (const name of ["capture", "captureSync", "spawn", "startProgram", "bind", "libc"]) {
      assert(new RegExp(`\\b${name}=\\((async )?function\\(`).test(text), name);
    }
  }));

test("bundle: it has the numbers of every architecture, read already", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    const text = await Deno.readTextFile(`${folder}/vasty.js`);
    assertEquals(/\bcolumn\(/.exec(text)?.[0], undefined);
    const numbers = (at: number) => Object.entries(fcntl_h).map(([name, row]) => `${name}:${row[at]}`).join();
    assert(text.includes(`Deno.build.arch==="aarch64"?{__proto__:null,${numbers(1)}}:{__proto__:null,${numbers(0)}}`));
  }));

/** How many functions of the bundle V8 compiles while `script` runs, which the cache of the runs before has not. */
async function compiledIn(folder: string, script: string): Promise<number> {
  await Deno.writeTextFile(`${folder}/main.js`, script);
  const log = `${folder}/v8.log`;
  const flags = ["--no-prompt", "--quiet", "--no-config", `--allow-ffi=${libc().path}`, "--allow-run=echo"];
  const v8 = `--v8-flags=--log-function-events,--no-logfile-per-isolate,--logfile=${log}`;
  for (let run = 0; run < 3; run++) await deno(folder, "run", v8, ...flags, "main.js");
  const lines = (await Deno.readTextFile(log)).split("\n").map((line) => line.split(","));
  const ours = lines.filter(([what, , file]) => what === "script-details" && file?.startsWith("file:")).map(([, id]) =>
    id
  );
  return lines.filter(([what, how, id]) => what === "function" && how === "interpreter" && ours.includes(id)).length;
}

test("bundle: of what a first captureSync() and capture() call most is compiled with it", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    const from = 'from "./processes.js";';
    const sync = await compiledIn(folder, `import { captureSync } ${from} captureSync(["echo", "hello"]);`);
    const waiting = await compiledIn(folder, `import { capture } ${from} await capture(["echo", "hello"]);`);
    // Constructors are left, of which little is left. Without any of it there are 161 and 225; more than this, and first_calls.json is out of date.
    assert(sync > 0 && sync < 30, `${sync} functions`);
    assert(waiting > 0 && waiting < 45, `${waiting} functions`);
  }));

test("directImports() names the files that an area's names are of, and leaves each line where it is", () => {
  const area = [
    'export { one, type One } from "./first.ts";',
    "export {",
    "  three,",
    "  two,",
    '} from "./second.ts";',
    'export type { Four } from "./types.ts";',
  ];
  const names = namesOf(area.join("\n"), "lib/area/mod.ts");
  assertEquals([...names], [["one", "lib/area/first.ts"], ["three", "lib/area/second.ts"], [
    "two",
    "lib/area/second.ts",
  ]]);
  const source = [
    'import { one, type One, two as other } from "../area/mod.ts";',
    "import {",
    "  three,",
    '} from "../area/mod.ts";',
    'import { alien } from "../alien/mod.ts";',
    'import type { Four } from "../area/mod.ts";',
    "other(one, three, alien);",
  ];
  const direct = directImports(new Map([["lib/area/mod.ts", names]]));
  assertEquals(direct(source.join("\n"), "lib/user/file.ts").split("\n"), [
    'import { one } from "../area/first.ts"; import { two as other } from "../area/second.ts";',
    'import { three } from "../area/second.ts";',
    "",
    "",
    ...source.slice(4),
  ]);
});

test("literals() writes numbers where they are the same everywhere and are asked for by name", () => {
  const exports = { stdio_h: { SAME: [-1, -1], OTHER: [2, 3] }, SIZE: { a: 4, b: "x" }, COUNT: 5 };
  const tables = tablesOf("export const STDIO = column(stdio_h);", { ...exports, STDIO: { SAME: -1, OTHER: 2 } });
  const source = [
    'import { COUNT, SIZE, STDIO } from "../ffi/abi/stdio.ts";',
    'import { STDIO as OTHERS } from "./others.ts";',
    "f(STDIO.SAME, STDIO.OTHER, SIZE.a, SIZE.b, COUNT, my.STDIO.SAME, NO_STDIO.SAME);",
    "f(STDIO[name], OTHERS.SAME, STDIO.SAMETOO);",
  ];
  const written = literals(new Map([["ffi/abi/stdio.ts", tables]]))(source.join("\n"), "lib/file.ts").split("\n");
  const expected = "f((-1), STDIO.OTHER, (4), SIZE.b, COUNT, my.STDIO.SAME, NO_STDIO.SAME);";
  assertEquals(written, [...source.slice(0, 2), expected, source[3]]);
});

test("bundle: its numbers are where they are used", () =>
  inFolder(async (folder) => {
    await bundle(folder);
    const text = await Deno.readTextFile(`${folder}/vasty.js`);
    for (const name of ["EPIPE", "EPOLLIN", "F_DUPFD_CLOEXEC", "SIGKILL"]) {
      assertEquals(text.split(new RegExp(`\\b[A-Z]+\\.${name}\\b`)).length - 1, 0, name);
    }
  }));
