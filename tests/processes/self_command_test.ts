import { capture } from "../../mod.ts";
import { libc } from "../../ffi/libc.ts";
import { selfCommand } from "../../lib/processes/self_command.ts";
import { assert, assertEquals, denoSource, repository, test } from "../support/mod.ts";

const CHANNEL = { orders: 3, report: 4 };
const HERE = new URL(import.meta.url);

test("selfCommand() starts this Deno with libc alone and no word of what is to be done", () => {
  const [program, run, ...words] = selfCommand(HERE, {}, CHANNEL);
  assertEquals([program, run], [Deno.execPath(), "run"]);
  assertEquals(words.slice(0, 3), ["--no-prompt", "--quiet", `--allow-ffi=${libc().path}`]);
  const entry = decodeURIComponent(words.at(-1)!);
  assert(entry.startsWith("data:text/javascript,") && entry.includes(`import("${HERE.href}")`), entry);
});

test("selfCommand() names the module so that no quote in its name ends the program", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const name = `it's "this" %22 \u{1f600};.ts`;
    await Deno.writeTextFile(`${folder}/${name}`, `console.log("loaded");`);
    const url = new URL(`file://${folder}/${encodeURIComponent(name)}`);
    const { stdout } = await capture(selfCommand(url, {}, CHANNEL), { fds: { 3: "/dev/null", 4: "/dev/null" } });
    assertEquals(stdout, "loaded\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The flags of a child between its permissions and its program, in a program that was started with `flags`. */
async function flagsUnder(flags: string[], body = ""): Promise<string[]> {
  const source = `
    import { selfCommand } from "vasty/lib/processes/self_command.ts";
    ${body}
    const words = selfCommand(new URL(import.meta.url), {}, { orders: 3, report: 4 });
    console.log(JSON.stringify(words.slice(2, -1).filter((word) => !/^--(allow-|no-prompt|quiet)/.test(word))));
  `;
  const { stdout, stderr } = await denoSource(source, { flags, cwd: repository(""), args: ["--config=argument.json"] });
  assertEquals(stderr, "");
  return JSON.parse(stdout);
}

const CONFIG = `--config=${repository("deno.json")}`;

test("selfCommand() takes the flags by which this Deno finds modules, and no argument of the program", async () => {
  const flags = [
    "--no-lock",
    "--unstable-kv",
    "--no-npm",
    "--v8-flags=--stack-size=900",
    "--location",
    "http://x.test/",
  ];
  const expected = [CONFIG, ...flags.slice(0, 4), "--location=http://x.test/"];
  assertEquals((await flagsUnder(flags)).sort(), expected.sort());
});

test("selfCommand() takes files of flags by their full path", async () => {
  const found = await flagsUnder(["--import-map", "deno.json"]);
  assertEquals(found, [CONFIG, `--import-map=${repository("deno.json")}`]);
});

test("selfCommand() looks for a configuration above the module", () => {
  const flag = (url: string) => selfCommand(new URL(url), {}, CHANNEL).find((word) => /^--(no-)?config/.test(word));
  const given = Deno.args.length === 0 && flag("file:///no/such/folder/module.ts");
  assertEquals(given, "--no-config");
  assertEquals(flag("https://example.com/module.ts"), "--no-config");
  assertEquals(flag(import.meta.url), CONFIG);
});
