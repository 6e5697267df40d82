/**
 * The numbers of ffi/abi, written where they are used: a bundle needs no table then of those that are the same on every
 * architecture, and nobody has to look for them.
 */
import { dirname, join } from "node:path/posix";
import type { Row } from "../ffi/abi/column.ts";
import type { Change } from "./sources.ts";

const IMPORTS = /^import \{([^}]*)\} from "([^"]+)";/gm;
const TABLE = /^export const (\w+) = column\((\w+)\);/gm;

/** The numbers of one table, by their names. */
type Numbers = ReadonlyMap<string, number>;

/** What of `table` is the same on every architecture. */
function common(table: Record<string, Row>): Numbers {
  const same = Object.entries(table).filter(([, row]) => row.every((value) => value === row[0]));
  return new Map(same.map(([name, [value]]) => [name, value]));
}

/** The numbers of `table`, which has no columns. */
function plain(table: unknown): Numbers {
  const all = typeof table === "object" ? Object.entries(table!) : [];
  return new Map(all.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

/** The tables of a module of ffi/abi, by the names that others import: of its `text`, and what it exports. */
export function tablesOf(text: string, exports: Record<string, unknown>): Map<string, Numbers> {
  const columns = new Map([...text.matchAll(TABLE)].map(([, name, table]) => [name!, table!]));
  return new Map(
    Object.entries(exports).map(([name, value]) => {
      const table = columns.get(name);
      return [name, table === undefined ? plain(value) : common(exports[table] as Record<string, Row>)];
    }),
  );
}

/** The change for sources that use `modules`, which are given as `tablesOf` found them, by their paths. */
export function literals(modules: ReadonlyMap<string, ReadonlyMap<string, Numbers>>): Change {
  return (text, path) => {
    const used = [...text.matchAll(IMPORTS)].flatMap(([, braces, from]) => {
      const tables = modules.get(join(dirname(path), from!));
      return tables === undefined
        ? []
        : braces!.split(",").map((name) => [name.trim(), tables.get(name.trim())] as const);
    });
    return used.reduce((text, [name, numbers]) => numbers === undefined ? text : written(text, name, numbers), text);
  };
}

/** `text` with the numbers of the table that it calls `name`. */
function written(text: string, name: string, numbers: Numbers): string {
  return text.replaceAll(new RegExp(`(?<![\\w.])${name}\\.(\\w+)`, "g"), (whole, key) => {
    const value = numbers.get(key);
    return value === undefined ? whole : `(${value})`;
  });
}

/** The tables of all modules of ffi/abi below `root`, by their paths there. */
export async function allTables(root: string): Promise<Map<string, Map<string, Numbers>>> {
  const all = new Map<string, Map<string, Numbers>>();
  for await (const { name } of Deno.readDir(`${root}ffi/abi`)) {
    const path = `ffi/abi/${name}`;
    all.set(path, tablesOf(await Deno.readTextFile(root + path), await import(`file://${root}${path}`)));
  }
  return all;
}
