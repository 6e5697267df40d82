import { ERRNO } from "../../ffi/abi/errno.ts";
import { capture, runSync, type SpawnOptions } from "../../lib/processes/mod.ts";
import { firstThatRuns, locateProgram } from "../../lib/processes/program.ts";
import { assertEquals, assertThrows, denoSource, FORKED, test } from "../support/mod.ts";

/** Folders with a program `greet` each: "fine" prints its own path, "forbidden" is not executable, "broken" no program. */
async function inFolders(body: (root: string) => void | Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, mode, text] of [["fine", 0o755, "#!/bin/sh\n"], ["other", 0o755, "#!/bin/sh\n"]] as const) {
      await Deno.mkdir(`${root}/${name}`);
      await Deno.writeTextFile(`${root}/${name}/greet`, `${text}echo ${name}\n`, { mode });
    }
    for (const [name, mode] of [["forbidden", 0o644], ["broken", 0o755]] as const) {
      await Deno.mkdir(`${root}/${name}`);
      await Deno.writeTextFile(`${root}/${name}/greet`, "\x01", { mode });
    }
    await Deno.mkdir(`${root}/folder/greet`, { recursive: true });
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const FOUND: Record<string, string> = {
  "fine:other": "fine",
  "other:fine": "other",
  "missing:fine": "fine",
  "forbidden:fine": "fine",
  "folder:fine": "fine",
  "fine/greet:fine": "fine",
  "missing:forbidden": "EACCES",
  "forbidden:missing": "EACCES",
  "missing": "ENOENT",
  "broken:fine": "ENOEXEC",
};

/** Of these execve(2) itself says that they cannot be executed. */
const EXECUTED = ["folder:fine", "broken:fine"];

for (const [path, found] of Object.entries(FOUND)) {
  test(`spawn() goes through PATH=${path} as execvp(3) does: ${found}`, () =>
    inFolders((root) => {
      const env = { PATH: path.split(":").map((name) => `${root}/${name}`).join(":") };
      const start = () => runSync(["greet"], { env, stdout: "null" });
      if (found.startsWith("E")) assertEquals((assertThrows(start) as unknown as { code: string }).code, found);
      else start();
    }), { skip: EXECUTED.includes(path) && FORKED });
}

test("spawn() takes the program from the child's PATH, from the first folder that has it", () =>
  inFolders(async (root) => {
    const output = async (options: SpawnOptions) => (await capture(["greet"], options)).stdout;
    assertEquals(await output({ env: { PATH: `${root}/missing:${root}/fine:${root}/other` } }), "fine\n");
    assertEquals(await output({ env: { PATH: `${root}/other` }, clearEnv: true }), "other\n");
  }));

test("spawn() takes an empty folder in PATH for the working directory of the child", () =>
  inFolders(async (root) => {
    for (const path of ["", ":/missing", "/missing:"]) {
      assertEquals((await capture(["greet"], { env: { PATH: path }, cwd: `${root}/fine` })).stdout, "fine\n", path);
    }
  }));

test("spawn() takes a relative program with a slash from the child's working directory", () =>
  inFolders(async (root) => {
    assertEquals((await capture(["./greet"], { cwd: `${root}/fine` })).stdout, "fine\n");
    assertEquals((await capture(["../other/greet"], { cwd: `${root}/fine` })).stdout, "other\n");
  }));

test("spawn() sees a PATH that was set while the program runs", () =>
  inFolders(async (root) => {
    const source = `
      import { capture } from "vasty/mod.ts";
      Deno.env.set("PATH", Deno.args[0]);
      console.log((await capture(["greet"])).stdout);
    `;
    const { stdout, stderr } = await denoSource(source, {
      flags: ["--allow-run", "--allow-env"],
      args: [`${root}/fine`],
    });
    assertEquals({ stdout, stderr }, { stdout: "fine\n\n", stderr: "" });
  }));

test("locateProgram() has what may be executed, in order, and a name with a slash as it is", () =>
  inFolders((root) => {
    const env = { PATH: ["missing", "forbidden", "fine", "other"].map((name) => `${root}/${name}`).join(":") };
    assertEquals(locateProgram("greet", { env }, "spawn"), [`${root}/fine/greet`, `${root}/other/greet`]);
    assertEquals(locateProgram("./greet", { env }, "spawn"), ["./greet"]);
    for (const name of ["", "no-such-program"]) {
      assertThrows(() => locateProgram(name, { env }, "execute"), Deno.errors.NotFound, `Cannot execute "${name}"`);
    }
  }));

test("firstThatRuns() goes on where a program is missing or forbidden, and stops at any other error", () => {
  const results: Record<string, number> = { a: -ERRNO.EACCES, b: -ERRNO.ENOENT, c: -ERRNO.ENOEXEC, d: 0 };
  const tried: string[] = [];
  const execute = (path: Uint8Array) => {
    tried.push(new TextDecoder().decode(path).replace("\0", ""));
    return results[tried.at(-1)!]!;
  };
  assertEquals(firstThatRuns(["a", "b", "c", "d"], execute), -ERRNO.ENOEXEC);
  assertEquals(tried, ["a", "b", "c"]);
  assertEquals(firstThatRuns(["b", "d"], execute), 0);
  assertEquals(firstThatRuns([], execute), -ERRNO.ENOENT);
});
