/** Which files an import loads. */

/** What `deno info` says of a file. */
interface Module {
  specifier: string;
  dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
}

/**
 * The files that an import of `url` loads, each with those that it imports itself, in its order: no files of types alone, none
 * that come later. The first is `url`.
 */
export function moduleGraph({ href }: URL): Map<string, string[]> {
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--no-config", "--json", href], stdin: "null" });
  const { success, stdout } = command.outputSync();
  if (!success) throw new Error(`deno info has failed with ${href}`);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  const known = new Map(modules.map((module) => [module.specifier, module.dependencies ?? []]));
  const graph = new Map<string, string[]>([[href, []]]);
  for (const [specifier, imports] of graph) {
    for (const { code, isDynamic } of known.get(specifier)!) {
      if (!code?.specifier.startsWith("file:") || isDynamic) continue;
      imports.push(code.specifier);
      if (!graph.has(code.specifier)) graph.set(code.specifier, []);
    }
  }
  return graph;
}
