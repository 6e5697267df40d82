/** A world of its own in which programs look names up: see programs/names_world.py. */
import { denoSource, repository, test, within } from "../support/mod.ts";
import { missing } from "../support/peers.ts";

/** Root may have namespaces where users may not, and the other way round. */
const WAYS = [["--user", "--map-root-user"], []].map((more) => [
  "unshare",
  ...more,
  "--net",
  "--mount",
  "--uts",
  "/usr/bin/python3",
  repository("tests/sockets/programs/names_world.py"),
]);

let found: string[] | undefined | null = null;

/** What starts a program in such a world; undefined if this machine has none. */
function world(): string[] | undefined {
  if (found === null) found = WAYS.find(works);
  return found;
}

function works([program, ...args]: string[]): boolean {
  return new Deno.Command(program!, { args: [...args, "true"], stdout: "null", stderr: "null" }).outputSync().success;
}

/** A test that needs such a world, and `programs` in it. Containers mostly forbid it, and it is not what is tested. */
export function worldTest(name: string, body: () => Promise<void>, programs: string[] = []): void {
  const needs = ["unshare", "python3", ...programs];
  const without = missing(needs).length === 0 && world() === undefined;
  const skip = without && Deno.env.get("CI") === undefined && "needs namespaces of its own";
  test(name, () => without ? undefined : body(), { needs, skip });
}

/** What runs `command` in such a world. */
export function inWorld(command: string[]): string[] {
  return [...world()!, ...command];
}

/** A program's beginning: `tell(f, ms)` prints what `f` returns, or its error, and how long it took if that was longer. */
const PRELUDE = `
  import * as sockets from "vasty/lib/sockets/mod.ts";
  const { getaddrinfo, getnameinfo, gethostbyname, gethostbyaddr, checkedName, hostname, ownAddress } = sockets;
  async function tell(f, limit = ${within(1_000)}) {
    const begun = performance.now();
    let text;
    try {
      text = JSON.stringify(await f());
    } catch (error) {
      text = \`\${error.name} \${error.code} \${error.message}\`;
    }
    const took = performance.now() - begun;
    console.log(took < limit ? text : \`\${text} after \${took} ms\`);
  }
`;

/** The lines that `source` prints in such a world, started by `by` there, which ends well and at once. */
export async function linesInWorld(
  source: string,
  flags: string[] = ["--allow-net", "--allow-sys"],
  by: string[] = [],
): Promise<string[]> {
  const { code, stdout, stderr } = await denoSource(PRELUDE + source, { under: inWorld(by), flags });
  if (code !== 0 || stderr !== "") throw new Error(`ended with ${code}: ${stderr}`);
  return stdout.split("\n").slice(0, -1);
}
