/** `deno task ok`: everything that can be said of the sources without running the whole suite. One line a check. */
import { libcPath } from "../ffi/libc.ts";
import { testArguments } from "./test.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** A check, and the arguments of Deno that make it. */
type Check = [name: string, args: string[]];

/** How many checks are made at the same time. */
const AT_ONCE = 2;

/** The modules that deno.json exports. */
function publicModules(): string[] {
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  return Object.values(exports);
}

/** Where the documentation has examples, in two halves that take about as long as each other. */
function documented(): [string[], string[]] {
  const areas = [...Deno.readDirSync(`${ROOT}lib`)].map(({ name }) => `lib/${name}/`).sort();
  return [areas.filter((_, index) => index % 2 === 0), [
    "mod.ts",
    "screen/",
    ...areas.filter((_, index) => index % 2 > 0),
  ]];
}

/** What takes longest comes first. */
function checks(): Check[] {
  const libc = libcPath();
  return [
    ...documented().map((half, index): Check => [`test --doc ${index + 1}`, testArguments(libc, ["--doc", ...half])]),
    ["fmt", ["fmt", "--check"]],
    ["lint", ["lint"]],
    ["check", ["check"]],
    ["doc --lint", ["doc", "--lint", ...publicModules()]],
    ["house rules", testArguments(libc, ["tests/house_test.ts"])],
    ["public API", testArguments(libc, ["tests/api_test.ts"])],
    ["publish", ["publish", "--dry-run", "--allow-dirty"]],
  ];
}

/** Make one check; what it says is shown only if it finds something. */
async function passes([name, args]: Check): Promise<boolean> {
  const start = performance.now();
  const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${success ? "ok    " : "FAILED"} ${name.padEnd(12)} ${seconds.padStart(5)} s`);
  if (!success) { for (const bytes of [stdout, stderr]) console.log(new TextDecoder().decode(bytes).trimEnd()); }
  return success;
}

let failed = 0;
const all = checks();
const left = all.values();
const lane = async () => {
  for (const check of left) if (!await passes(check)) failed++;
};
await Promise.all(Array.from({ length: AT_ONCE }, lane));
if (failed > 0) console.log(`${failed} of ${all.length} checks failed`);
Deno.exit(failed > 0 ? 1 : 0);
