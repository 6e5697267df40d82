/** A world of its own in which programs look names up: see programs/names_world.py. */
import { denoSource, repository } from "../support/mod.ts";

const UNSHARE = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--uts"];
const WORLD = [...UNSHARE, "/usr/bin/python3", repository("tests/sockets/programs/names_world.py")];

/** What the tests of such a world need. */
export const WORLD_NEEDS = ["unshare", "python3"];

/** Why there can be no such world here. */
export function noWorld(): string | false {
  try {
    const [program, ...args] = [...WORLD, "true"];
    const { success, stderr } = new Deno.Command(program!, { args, stdout: "null" }).outputSync();
    return success
      ? false
      : `needs namespaces of its own: ${new TextDecoder().decode(stderr).trim().split("\n").at(-1)}`;
  } catch (error) {
    return `needs namespaces of its own: ${error}`;
  }
}

/** A program's beginning: `tell(text, f)` prints what `f` returns, or its error, and that it took less than a second. */
const PRELUDE = `
  import * as sockets from "vasty/lib/sockets/mod.ts";
  const { getaddrinfo, getnameinfo, gethostbyname, gethostbyaddr, checkedName, hostname, ownAddress } = sockets;
  async function tell(f) {
    const begun = performance.now();
    let text;
    try {
      text = JSON.stringify(await f());
    } catch (error) {
      text = \`\${error.name} \${error.code} \${error.message}\`;
    }
    const took = performance.now() - begun;
    console.log(took < 1_000 ? text : \`\${text} after \${took} ms\`);
  }
`;

/** The lines that `source` prints in such a world, which ends well and at once. */
export async function linesInWorld(
  source: string,
  flags: string[] = ["--allow-net", "--allow-sys"],
): Promise<string[]> {
  const { code, stdout, stderr } = await denoSource(PRELUDE + source, { under: WORLD, flags });
  if (code !== 0 || stderr !== "") throw new Error(`ended with ${code}: ${stderr}`);
  return stdout.split("\n").slice(0, -1);
}
