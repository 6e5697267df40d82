/** The public API, export by export, without its documentation: a change of it shows in this test's snapshot. */
import { assert, repository } from "./support/mod.ts";

async function exportsOfPackage(): Promise<[name: string, file: string][]> {
  const { exports } = JSON.parse(await Deno.readTextFile(repository("deno.json")));
  return Object.entries<string>(exports);
}

/** Copy the modules to `folder` with their comments blanked, so that what is left to `deno doc` are signatures. */
async function copyWithoutComments(folder: string, path: string): Promise<void> {
  if (path.endsWith("/")) {
    await Deno.mkdir(`${folder}/${path}`, { recursive: true });
    for await (const { name, isDirectory } of Deno.readDir(repository(path))) {
      await copyWithoutComments(folder, `${path}${name}${isDirectory ? "/" : ""}`);
    }
  } else if (path.endsWith(".ts")) {
    await Deno.writeTextFile(`${folder}/${path}`, withoutComments(path, await Deno.readTextFile(repository(path))));
  }
}

function withoutComments(path: string, text: string): string {
  let bare = text;
  const visit = ({ sourceCode }: Deno.lint.RuleContext) => {
    for (const { type, value, range: [from, to] } of sourceCode.getAllComments()) {
      // `@ignore` and the like decide what is public.
      const kept = type !== "Block" || /@(ignore|internal|private)\b/.test(value);
      if (!kept) bare = bare.slice(0, from) + " ".repeat(to - from) + bare.slice(to);
    }
    return {};
  };
  Deno.lint.runPlugin({ name: "comments", rules: { blank: { create: visit } } }, path, text);
  return bare;
}

/** What `deno doc` says of `file`: its symbols with their signatures. */
async function signatures(folder: string, file: string): Promise<string> {
  const args = ["doc", "--quiet", "--no-config", `${folder}/${file}`];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } })
    .output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).replace(/^Defined in .*\n/gm, "").replace(/\s*\n(?=\s*\n)/g, "\n").trim();
}

Deno.test("the public API is what was agreed on", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    for (const path of ["mod.ts", "lib/", "ffi/", "screen/"]) await copyWithoutComments(folder, path);
    for (const [name, file] of await exportsOfPackage()) {
      await t.step(name, async (t) => {
        const found = await signatures(folder, file);
        assert(found.length > 60, `${name} exports something`);
        await t.assertSnapshot(found);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
