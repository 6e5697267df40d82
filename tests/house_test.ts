import {
  cycles,
  direction,
  type Facts,
  facts,
  foreign,
  lengths,
  names,
  type Rule,
  type Source,
  specifiers,
  tested,
  traces,
} from "../tools/house.ts";
import { assert, assertEquals, repository, test } from "./support/mod.ts";

/** Made by tools, or git's own. */
const NOT_OURS = new Set([".git", "dist", "node_modules", "coverage"]);

/** The text files of the repository. */
async function sources(folder = ""): Promise<Source[]> {
  const found: Source[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(repository(folder))) {
    if (NOT_OURS.has(name)) continue;
    const path = folder + name;
    if (isDirectory) found.push(...await sources(`${path}/`));
    if (isFile) found.push({ path, text: await Deno.readTextFile(repository(path)) });
  }
  return found;
}

const all = await sources();
const modules: Facts[] = all.filter(({ path }) => path.endsWith(".ts")).map(facts);

/** A rule, and files that break it once for each time they are named. */
interface House {
  title: string;
  rule: Rule;
  bad: [path: string, text: string][];
}

const long = (lines: number) => "  f();\n".repeat(lines - 2);

const HOUSE: House[] = [
  {
    title: "imports go one way, and from area to area through mod.ts",
    rule: direction,
    bad: [
      ["ffi/bind.ts", `import { Fd } from "../lib/core/fd.ts";`],
      ["ffi/abi/errno.ts", `export * from "../libc.ts";`],
      ["lib/core/fd.ts", `import type { Child } from "../processes/mod.ts";`],
      ["lib/pipes/pipe.ts", `import { spawn } from "../processes/spawn.ts";`],
      ["lib/pipes/two.ts", `const { spawn } = await import("../processes/spawn.ts");`],
      ["mod.ts", `export { bind } from "./ffi/bind.ts";`],
      ["mod.ts", `export { Screen } from "./screen/mod.ts";`],
      ["lib/terminals/record.ts", `import { Screen } from "../../screen/mod.ts";`],
    ],
  },
  {
    title: "areas do not need each other in a circle",
    rule: cycles,
    bad: [
      ["lib/pipes/pipe.ts", `import { spawn } from "../processes/mod.ts";`],
      ["lib/processes/spawn.ts", `import { flock } from "../locks/mod.ts";`],
      ["lib/locks/flock.ts", `import { pipe } from "../pipes/mod.ts";`],
    ],
  },
  {
    title: "the library imports what is there by URL",
    rule: specifiers,
    bad: [
      ["lib/core/fd.ts", `import { assert } from "@std/assert";`],
      ["lib/core/limit.ts", `import { assert } from "npm:deno-std@1.4.0";`],
      ["ffi/loop.ts", `import { Socket } from "node:net";`],
      ["ffi/libc.ts", `const found = await import(name);`],
      ["mod.ts", `export * from "https://example.com/mod.ts";`],
    ],
  },
  {
    title: "every file of the library has its test",
    rule: tested,
    bad: [["lib/pipes/fifo.ts", ""], ["lib/core/fd.ts", ""]],
  },
  {
    title: "functions and files are short",
    rule: lengths,
    bad: [
      ["lib/core/fd.ts", `export function f() {\n${long(41)}}\n`],
      ["tests/core/fd_test.ts", `test("f", () => {\n${long(41)}});\n`],
      ["tools/ok.ts", `class C {\n  async m() {\n${long(41)}  }\n}\n`],
      ["examples/pipes/status.ts", long(303)],
    ],
  },
  {
    title: "only ffi/libc.ts opens a library or takes a thread of Deno's, and nobody uses raw pointers",
    rule: foreign,
    bad: [
      ["lib/core/fd.ts", `Deno.dlopen(path, {});`],
      ["lib/core/limit.ts", `const { dlopen: open } = Deno;`],
      ["ffi/bind.ts", `Deno["UnsafePointer"].create(1n);`],
      ["ffi/libc.ts", `const view = new Deno.UnsafePointerView(pointer);`],
      ["ffi/poll.ts", `const symbols = { poll: { parameters: [], result: "i32", nonblocking: true } };`],
      ["tools/ok.ts", `Deno.dlopen(path, {});`],
    ],
  },
  {
    title: "files are named for what is in them",
    rule: names,
    bad: [
      ["lib/core/utils.ts", ""],
      ["tests/support/test_helpers.ts", ""],
      ["lib/core/common.ts", ""],
      ["lib/core/misc_things.ts", ""],
      ["lib/core/exitStatus.ts", ""],
    ],
  },
];

for (const { title, rule, bad } of HOUSE) {
  test(`house: ${title}`, () => assertEquals(rule(modules), []));

  test(`house: what breaks "${title}" is found`, () => {
    const found = rule(bad.map(([path, text]) => facts({ path, text })));
    assertEquals(found.map((line) => /^[\w/.]+/.exec(line)![0]).sort(), bad.map(([path]) => place(path, rule)).sort());
  });
}

/** The rule of circles names areas. */
function place(path: string, rule: Rule): string {
  return rule === cycles ? path.slice(0, path.lastIndexOf("/")) : path;
}

test("house: limits are what they say", () => {
  const fits = facts({ path: "lib/core/fd.ts", text: `function f() {\n${long(40)}}\n` });
  assertEquals([fits.lines, fits.functions], [40, [{ line: 1, lines: 40 }]]);
  assertEquals(lengths([fits, facts({ path: "tools/ok.ts", text: long(302) })]), []);
  assertEquals(lengths([facts({ path: "ffi/abi/errno.ts", text: long(1_000) })]), []);
});

test("house: no file tells where it was made", () => {
  assert(all.length > 50, `${all.length} files were looked at`);
  assertEquals(traces(all), []);
});

test("house: a host of packages and a path of a machine are found", () => {
  const bad = ["https://regis" + "try.example.org/x", "js" + "r.io", "/ho" + "me/someone/file", "see /wo" + "rk/main"];
  assertEquals(traces(bad.map((text, i) => ({ path: `${i}`, text }))).length, bad.length);
  assertEquals(
    traces([{ path: "good", text: "the registry, tests/work/x, ~/.cache, /home alone, file:///usr/lib" }]),
    [],
  );
});
