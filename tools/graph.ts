/**
 * `deno task graph`: writes `lib/graph.ts`, which names every file that `mod.ts` loads and neither it nor an area's `mod.ts`
 * names, each behind those that it imports.
 *
 * Who imports that first has Deno know of all files before it reads what is in them. Where a file imports another that is
 * new, Deno reads the source map of the first one, to know where that was: a fifth of the time that the import takes. And by
 * URL all files are asked for at once, in place of those that one file names, then those that these name.
 */
import { relative } from "node:path/posix";
import { moduleGraph } from "./modules.ts";

const ROOT = new URL("../", import.meta.url);
export const GRAPH: URL = new URL("lib/graph.ts", ROOT);
const WIDTH = 120;
const HEAD = `/**
 * Every file that mod.ts loads and no area's mod.ts names, each behind those that it imports. Made by \`deno task graph\`;
 * tools/graph.ts says what for.
 */
// deno-fmt-ignore-file
`;

/** The files that an import of `root` evaluates, in the order in which it does; without those that it names itself. */
function inOrder(root: URL): string[] {
  const graph = moduleGraph(root);
  const areas = graph.get(root.href)!;
  const named = new Set([root.href, ...areas, ...areas.flatMap((area) => area === GRAPH.href ? [] : graph.get(area)!)]);
  const seen = new Set([GRAPH.href]);
  const order: string[] = [];
  const visit = (specifier: string) => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    graph.get(specifier)!.forEach(visit);
    order.push(specifier);
  };
  visit(root.href);
  return order.filter((specifier) => !named.has(specifier));
}

/** As many imports a line as there is room for. */
function lines(paths: readonly string[]): string {
  let text = "";
  let length = 0;
  for (const path of paths) {
    const statement = `import "${path}";`;
    const begins = length === 0 || length + 1 + statement.length > WIDTH;
    text += (begins ? length === 0 ? "" : "\n" : " ") + statement;
    length = begins ? statement.length : length + 1 + statement.length;
  }
  return text + "\n";
}

/** What the file has to be. */
export function graph(): string {
  const folder = new URL(".", GRAPH).pathname;
  const paths = inOrder(new URL("mod.ts", ROOT)).map((specifier) => relative(folder, new URL(specifier).pathname));
  return HEAD + lines(paths.map((path) => path.startsWith(".") ? path : `./${path}`));
}

if (import.meta.main) await Deno.writeTextFile(GRAPH, graph());
