/** Finding what stands on a screen. */
import type { Emulator } from "./emulator.ts";

/** Where something stands on a screen. */
export interface ScreenPlace {
  /** The row in which it begins, from 0. */
  row: number;
  /** The column in which it begins, from 0; wide characters take two. */
  col: number;
  /** The text. */
  match: string;
  /** What the groups of a regular expression have found; the first is `match`. */
  groups: (string | undefined)[];
}

/** @throws {TypeError} if it is neither text nor an expression, or empty. */
export function checkWanted(wanted: unknown): void {
  if (wanted instanceof RegExp || (typeof wanted === "string" && wanted !== "")) return;
  throw new TypeError(`What a screen shows is a string that is not empty, or a RegExp, not ${Deno.inspect(wanted)}`);
}

/** @throws {RangeError} if there is no such row; -1 is the last. */
export function checkedRow(row: number, rows: number): number {
  if (Number.isInteger(row) && row >= -rows && row < rows) return row < 0 ? row + rows : row;
  throw new RangeError(`The screen has rows from ${-rows} to ${rows - 1}, not ${row}`);
}

/** The first place of `wanted` in some of the rows, which count as lines of one text. */
export function findIn(emulator: Emulator, wanted: string | RegExp, rows: number[]): ScreenPlace | undefined {
  const lines = rows.map((row) => emulator.text(row).trimEnd());
  const text = lines.join("\n");
  const found = typeof wanted === "string" ? literal(text, wanted) : once(wanted).exec(text);
  if (!found) return undefined;
  const before = text.slice(0, found.index).split("\n");
  const row = rows[before.length - 1]!;
  return { row, col: columnOf(emulator, row, before.at(-1)!.length), match: found[0], groups: [...found] };
}

function literal(
  text: string,
  wanted: string,
): { index: number; 0: string; [Symbol.iterator](): Iterator<string> } | false {
  const index = text.indexOf(wanted);
  return index >= 0 && Object.assign([wanted] as [string], { index });
}

/** Without the flags that remember where the last search ended. */
function once(pattern: RegExp): RegExp {
  return pattern.global || pattern.sticky ? new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")) : pattern;
}

/** The column of the character at `offset` of a row's text. */
function columnOf(emulator: Emulator, row: number, offset: number): number {
  let at = 0;
  const col = emulator.row(row).findIndex(({ text }) => (at += text.length) > offset);
  return col < 0 ? emulator.size.cols : col;
}
