/** `deno task ok`: everything that can be said of the sources without running the whole suite. One line a check. */
import { libcPath } from "../ffi/libc.ts";
import { testArguments } from "./test.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** A check, and the arguments of Deno that make it. */
type Check = [name: string, args: string[]];

/** The modules that deno.json exports. */
function publicModules(): string[] {
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  return Object.values(exports);
}

function checks(): Check[] {
  const libc = libcPath();
  return [
    ["fmt", ["fmt", "--check"]],
    ["lint", ["lint"]],
    ["check", ["check"]],
    ["doc --lint", ["doc", "--lint", ...publicModules()]],
    ["test --doc", testArguments(libc, ["--doc", "mod.ts", "lib/", "screen/"])],
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
for (const check of checks()) if (!await passes(check)) failed++;
if (failed > 0) console.log(`${failed} of ${checks().length} checks failed`);
Deno.exit(failed > 0 ? 1 : 0);
