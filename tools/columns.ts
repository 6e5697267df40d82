/**
 * The tables of ffi/abi, read before the program starts: a bundle has a literal for each architecture, where the sources
 * read 30 tables in 0.3 ms of every import.
 */
import type { Plugin } from "esbuild";
import { ARCHITECTURES, type Row } from "../ffi/abi/column.ts";

/** `table` as it is read on this machine, as an expression. */
function literal(table: Record<string, Row>): string {
  const [first, ...others] = ARCHITECTURES.map((_, i) =>
    `{ __proto__: null, ${Object.entries(table).map(([name, row]) => `${JSON.stringify(name)}: ${row[i]}`).join()} }`
  );
  const branches = others.map((text, i) => `Deno.build.arch === "${ARCHITECTURES[i + 1]}" ? ${text} : `);
  return `(${branches.join("")}${first})`;
}

/** The plug-in for a bundle. */
export const columns: Plugin = {
  name: "columns",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/ffi\/abi\/\w+\.ts$/ }, async ({ path }) => {
      const tables = await import(`file://${path}`) as Record<string, Record<string, Row>>;
      const text = await Deno.readTextFile(path);
      return {
        contents: text.replaceAll(/(?<== )column\((\w+)\)/g, (_, name) => literal(tables[name]!)),
        loader: "ts",
      };
    }),
};
