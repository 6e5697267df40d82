/** What Deno takes for a library of a certain shape, whatever is in its files. */
const ROOT = new URL("../", import.meta.url);

/** How many imports there are in it. */
export function edges(graph: Map<string, string[]>): number {
  return graph.values().reduce((sum, imports) => sum + imports.length, 0);
}

/** Write files into `folder` that import each other as those of `graph` do, and have nothing else in them. */
export function writeEmpty(graph: Map<string, string[]>, folder: string): void {
  const place = (specifier: string) => `${folder}/${specifier.slice(ROOT.href.length)}`;
  for (const [specifier, imports] of graph) {
    const path = place(specifier);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const lines = imports.map((imported) => `import ${JSON.stringify(`file://${place(imported)}`)};\n`);
    Deno.writeTextFileSync(path, `${lines.join("")}export {};\n`);
  }
}
