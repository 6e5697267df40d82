/**
 * How the tables of this folder are read: one column for each architecture. A new platform is a
 * new column here and in the tables, never a branch elsewhere.
 */

/** The architectures, in the order of the columns. */
export const ARCHITECTURES = ["x86_64", "aarch64"] as const;

/** One row: the value on each of {@linkcode ARCHITECTURES}. */
export type Row = readonly [x86_64: number, aarch64: number];

/** This machine's column; the first one where the platform is not supported, so that an import never throws. */
const COLUMN = Deno.build.arch === "aarch64" ? 1 : 0;

/** This machine's value of every row. */
export function column<const T extends Record<string, Row>>(table: T): { readonly [K in keyof T]: number } {
  // Without a prototype V8 takes it for a dictionary, and makes no shape for each new name: 0.1 ms of every import.
  const values: Record<string, number> = Object.create(null);
  for (const name in table) values[name] = table[name]![COLUMN];
  return values as { readonly [K in keyof T]: number };
}
