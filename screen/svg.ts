/** A screenshot, as a picture of lines of text. */
import type { ScreenCell } from "./cell.ts";
import type { ScreenCursor, ScreenSize } from "./emulator.ts";
import { BACKGROUND, FOREGROUND, rgb } from "./palette.ts";

/** What is to be seen. */
export interface Shown {
  size: ScreenSize;
  rows: ScreenCell[][];
  cursor: ScreenCursor;
  title: string;
}

const [WIDTH, HEIGHT, SIZE, MARGIN] = [8.4, 18, 14, 8];
/** From the top of a row down to where its letters stand. */
const BASE = 13.5;

/** Cells of one look side by side. */
interface Run {
  col: number;
  width: number;
  text: string;
  background: string;
  attributes: string;
  hidden: boolean;
}

/** XML without a header: it may stand in a page as well. */
export function svgOf({ size, rows, cursor, title }: Shown): string {
  const [width, height] = [number(size.cols * WIDTH + 2 * MARGIN), number(size.rows * HEIGHT + 2 * MARGIN)];
  const runs = rows.map((cells, row) => runsOf(cells, cursor.visible && cursor.row === row ? cursor.col : -1));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    ...title === "" ? [] : [`<title>${escaped(title)}</title>`],
    `<rect width="100%" height="100%" rx="4" fill="${BACKGROUND}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})" font-family="monospace" font-size="${SIZE}" xml:space="preserve" style="white-space:pre">`,
    ...runs.flatMap((runs, row) => runs.flatMap((run) => behind(run, row))),
    ...runs.flatMap((runs, row) => runs.flatMap((run) => written(run, row))),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** A wide character is alone: the font may have it in another width. */
function runsOf(cells: ScreenCell[], cursor: number): Run[] {
  const runs: Run[] = [];
  cells.forEach((cell, col) => {
    if (cell.width === 0) return;
    const run = { ...look(cell, col === cursor), col, width: cell.width, text: cell.text };
    const last = runs.at(-1);
    if (last !== undefined && cell.width === 1 && cells[last.col]!.width === 1 && sameLook(last, run)) {
      last.text += run.text;
      last.width++;
    } else runs.push(run);
  });
  return runs;
}

function sameLook(one: Run, other: Run): boolean {
  return one.attributes === other.attributes && one.background === other.background && one.hidden === other.hidden;
}

function look(cell: ScreenCell, cursor: boolean): Pick<Run, "background" | "attributes" | "hidden"> {
  const colours = [rgb(cell.foreground, FOREGROUND), rgb(cell.background, BACKGROUND)] as const;
  const [fill, background] = cell.inverse === cursor ? colours : [colours[1], colours[0]];
  const lines = [cell.underline && "underline", cell.strikethrough && "line-through", cell.overline && "overline"];
  const decoration = lines.filter((line) => line !== false).join(" ");
  const attributes = [
    `fill="${fill}"`,
    cell.bold && 'font-weight="bold"',
    cell.italic && 'font-style="italic"',
    cell.dim && 'opacity="0.6"',
    decoration && `text-decoration="${decoration}"`,
  ].filter(Boolean).join(" ");
  return { background, attributes, hidden: cell.hidden };
}

function behind({ col, width, background }: Run, row: number): string[] {
  if (background === BACKGROUND) return [];
  const place = `x="${number(col * WIDTH)}" y="${row * HEIGHT}" width="${number(width * WIDTH)}" height="${HEIGHT}"`;
  return [`<rect ${place} fill="${background}"/>`];
}

/** Blanks are seen only with a line under or through them; those at the ends would stretch the rest. */
function written({ col, width, text, attributes, hidden }: Run, row: number): string[] {
  const lined = attributes.includes("text-decoration");
  const shown = lined ? text : text.trim();
  if (hidden || shown === "") return [];
  const before = lined ? 0 : text.length - text.trimStart().length;
  const columns = width - (text.length - shown.length);
  const place = `x="${number((col + before) * WIDTH)}" y="${row * HEIGHT + BASE}"`;
  const fitted = `textLength="${number(columns * WIDTH)}" lengthAdjust="spacingAndGlyphs"`;
  return [`<text ${place} ${fitted} ${attributes}>${escaped(shown)}</text>`];
}

const number = (value: number) => `${Math.round(value * 100) / 100}`;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML has no control characters, not even escaped. */
function escaped(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what is looked for
  const allowed = text.toWellFormed().replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
  return allowed.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
