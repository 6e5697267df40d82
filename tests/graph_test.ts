import { GRAPH, graph } from "../tools/graph.ts";
import { assert, assertEquals, test } from "./support/mod.ts";

const IMPORT = /^(?:import|export) (?!type )(?:[^;"]* from )?"(\.[^"]+)";/gm;

/** What the file at `url` imports; not those of which it imports types alone. */
function importsOf(url: string): string[] {
  const text = Deno.readTextFileSync(new URL(url));
  const all = [...text.matchAll(IMPORT)].filter(([statement]) => /["{*]|\bfrom\b/.test(statement));
  return all.filter(([statement]) => !/\{(\s*type [^,}]+,?)+\s*\} from/.test(statement))
    .map(([, path]) => new URL(path!, url).href);
}

test("lib/graph.ts is what deno task graph writes", async () => {
  assertEquals(await Deno.readTextFile(GRAPH), graph(), "run `deno task graph`");
});

test("lib/graph.ts names files that are there, each once, behind those that it imports", async () => {
  const text = await Deno.readTextFile(GRAPH);
  const urls = [...text.matchAll(/import "([^"]+)";/g)].map(([, path]) => new URL(path!, GRAPH).href);
  assertEquals(new Set(urls).size, urls.length);
  assert(urls.length > 300 && urls.every((url) => url.endsWith(".ts")));
  const seen = new Set<string>();
  for (const url of urls) {
    seen.add(url);
    assertEquals(importsOf(url).filter((imported) => urls.includes(imported) && !seen.has(imported)), [], url);
  }
});
