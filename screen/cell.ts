/** What stands in one place of a screen. */
import type { IBufferCell } from "./headless.ts";

/** A colour: the terminal's own, one of the 256 of its palette, or `#rrggbb`. */
export type ScreenColour = "default" | number | `#${string}`;

/** What stands in one place of a screen, and how. */
export interface ScreenCell {
  /** The character, with all that combines with it; a blank where nothing was written, empty behind a wide character. */
  text: string;
  /** How many columns it takes; 0 for the second of a wide character. */
  width: number;
  /** The colour it is written in. */
  foreground: ScreenColour;
  /** The colour behind it. */
  background: ScreenColour;
  /** Whether it is bold. */
  bold: boolean;
  /** Whether it is faint. */
  dim: boolean;
  /** Whether it is italic. */
  italic: boolean;
  /** Whether it is underlined, in any way. */
  underline: boolean;
  /** Whether it blinks. */
  blink: boolean;
  /** Whether the two colours change places. */
  inverse: boolean;
  /** Whether it is not to be seen. */
  hidden: boolean;
  /** Whether it is struck out. */
  strikethrough: boolean;
  /** Whether a line is over it. */
  overline: boolean;
}

/** Where nothing was ever written. */
export const BLANK: ScreenCell = {
  text: " ",
  width: 1,
  foreground: "default",
  background: "default",
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  blink: false,
  inverse: false,
  hidden: false,
  strikethrough: false,
  overline: false,
};

/** A copy of what the emulator has in a place. */
export function cellOf(cell: IBufferCell): ScreenCell {
  const width = cell.getWidth();
  return {
    text: cell.getChars() || (width === 0 ? "" : " "),
    width,
    foreground: colour(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()),
    background: colour(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()),
    bold: Boolean(cell.isBold()),
    dim: Boolean(cell.isDim()),
    italic: Boolean(cell.isItalic()),
    underline: Boolean(cell.isUnderline()),
    blink: Boolean(cell.isBlink()),
    inverse: Boolean(cell.isInverse()),
    hidden: Boolean(cell.isInvisible()),
    strikethrough: Boolean(cell.isStrikethrough()),
    overline: Boolean(cell.isOverline()),
  };
}

function colour(direct: boolean, palette: boolean, value: number): ScreenColour {
  if (direct) return `#${value.toString(16).padStart(6, "0")}`;
  return palette ? value : "default";
}
