/**
 * `deno task calls`: writes `first_calls.json`, the functions that a first `capture()` and `captureSync()`
 * call, by the file that they are in. What has no name, or one that the file has given before, has its number behind a colon.
 */
import { libcPath } from "../ffi/libc.ts";
import { numbered } from "./functions.ts";

const ROOT = new URL("../", import.meta.url);
const LIST = new URL("first_calls.json", import.meta.url);
/** What calls them: which functions a wait needs depends on what has come by then, so it is done a few times. */
const SCRIPT = `import { capture, captureSync } from ${JSON.stringify(new URL("lib/processes/mod.ts", ROOT).href)};
captureSync(["echo", "hello"]);
for (let i = 0; i < 3; i++) await capture(["echo", "hello"]);
`;

/** What V8 says of a file. */
interface Coverage {
  url: string;
  functions: { functionName: string; ranges: { count: number }[] }[];
}

/** The functions of a file that were called; the first is the file itself. */
function called({ functions }: Coverage): string[] {
  const tell = numbered();
  const all = functions.slice(1).filter(({ functionName }) => !functionName.startsWith("<"));
  return all.map(({ functionName, ranges }) => [tell(functionName), ranges[0]!.count] as const)
    .filter(([, count]) => count > 0).map(([name]) => name);
}

async function covered(folder: string): Promise<Coverage[]> {
  await Deno.writeTextFile(`${folder}/main.ts`, SCRIPT);
  const flags = ["--no-config", "--no-prompt", "--quiet", `--allow-ffi=${libcPath()}`, "--allow-run=echo"];
  const args = ["run", `--coverage=${folder}/coverage`, ...flags, `${folder}/main.ts`];
  const { success } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error("The program that captures has failed");
  const files = [...Deno.readDirSync(`${folder}/coverage`)].map(({ name }) => `${folder}/coverage/${name}`);
  return files.map((file) => JSON.parse(Deno.readTextFileSync(file)));
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const files = (await covered(folder)).filter(({ url }) => url.startsWith(ROOT.href));
    const rows = files.map((file) => [file.url.slice(ROOT.href.length), called(file)] as const);
    const used = rows.filter(([, names]) => names.length > 0).sort(([one], [other]) => one < other ? -1 : 1);
    await Deno.writeTextFile(LIST, JSON.stringify(Object.fromEntries(used), undefined, 2) + "\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
