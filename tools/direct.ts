/**
 * Areas import each other's `mod.ts`, which names all that the other one has. A bundle has them import the files that the
 * names are of: else whoever uses one function of an area loads all of it.
 */
import { dirname, join, relative } from "node:path/posix";
import type { Change } from "./sources.ts";

const EXPORTS = /^export \{([^}]*)\} from "([^"]+)";/gm;
const IMPORTS = /^import \{([^}]*)\} from "([^"]+)";/gm;

/** The names in the braces of an import or export that are more than types. */
function valuesIn(braces: string): string[] {
  return braces.split(",").map((name) => name.trim()).filter((name) => name !== "" && !name.startsWith("type "));
}

/** What `text` re-exports, the module at `path`: each name, and the path of the file that it is of. */
export function namesOf(text: string, path: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, braces, from] of text.matchAll(EXPORTS)) {
    for (const name of valuesIn(braces!)) found.set(name, join(dirname(path), from!));
  }
  return found;
}

/** The change for sources that import `areas`, which are given as `namesOf` found them, by their paths. */
export function directImports(areas: ReadonlyMap<string, ReadonlyMap<string, string>>): Change {
  return (text, path) =>
    text.replaceAll(IMPORTS, (whole, braces: string, from: string) => {
      const names = areas.get(join(dirname(path), from));
      if (names === undefined) return whole;
      const imports = valuesIn(braces).map((value) => {
        const file = names.get(value.split(" ")[0]!);
        if (file === undefined) throw new Error(`${path}: ${from} has no ${value}`);
        return `import { ${value} } from "${fromFolder(dirname(path), file)}";`;
      });
      return imports.join(" ") + whole.replace(/[^\n]/g, "");
    });
}

/** How a module in `folder` names the file at `path`. */
export function fromFolder(folder: string, path: string): string {
  const name = relative(folder, path);
  return name.startsWith(".") ? name : `./${name}`;
}
