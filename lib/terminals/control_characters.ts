/** Special characters as text, as stty(1) writes and takes them. */
import type { SpecialCharacter } from "./attribute_names.ts";

/** A place in the table, and what stty(1) calls it. */
export interface CharacterName {
  readonly word: string;
  readonly name: SpecialCharacter;
  /** What it is in a terminal that is set sanely. */
  readonly sane: number;
}

/** In the order in which stty(1) shows them. */
export const CHARACTER_NAMES: readonly CharacterName[] = [
  { word: "intr", name: "VINTR", sane: 3 },
  { word: "quit", name: "VQUIT", sane: 28 },
  { word: "erase", name: "VERASE", sane: 127 },
  { word: "kill", name: "VKILL", sane: 21 },
  { word: "eof", name: "VEOF", sane: 4 },
  { word: "eol", name: "VEOL", sane: 0 },
  { word: "eol2", name: "VEOL2", sane: 0 },
  { word: "swtch", name: "VSWTC", sane: 0 },
  { word: "start", name: "VSTART", sane: 17 },
  { word: "stop", name: "VSTOP", sane: 19 },
  { word: "susp", name: "VSUSP", sane: 26 },
  { word: "rprnt", name: "VREPRINT", sane: 18 },
  { word: "werase", name: "VWERASE", sane: 23 },
  { word: "lnext", name: "VLNEXT", sane: 22 },
  { word: "discard", name: "VDISCARD", sane: 15 },
];

/** The character that is none: what has it does nothing. */
export const DISABLED = 0;

/** As stty(1) shows it: `^C`, `^?`, `M-^A`, `x`. */
export function caret(code: number): string {
  if (code >= 128) return `M-${caret(code - 128)}`;
  if (code === 127) return "^?";
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : String.fromCharCode(code);
}

/**
 * The code of a character as stty(1) takes it: itself, `^c`, `^?`, a number (decimal, `0x7f`, `0177`), or `^-` or `undef` for
 * none; and as {@linkcode caret} writes it.
 *
 * @throws {TypeError} if it is none of these.
 * @throws {RangeError} if it is a number above 255.
 */
export function characterCode(text: string, what: string): number {
  if (text.length <= 1) return range(text.length === 0 ? DISABLED : text.charCodeAt(0), text, what);
  if (text === "undef" || text === "<undef>" || text === "^-") return DISABLED;
  if (text.startsWith("M-") && text.length > 2) return range(128 + characterCode(text.slice(2), what), text, what);
  if (text.startsWith("^") && text.length === 2) return text === "^?" ? 127 : text.charCodeAt(1) & ~0o140;
  return range(integer(text, what), text, what);
}

/** An integer as C writes them. @throws {TypeError} if it is none. */
export function integer(text: string, what: string): number {
  if (/^(0x[\da-f]+|[1-9]\d*|0)$/i.test(text)) return Number(text);
  if (/^0[0-7]+$/.test(text)) return parseInt(text, 8);
  throw new TypeError(`Not a value of ${what}: ${JSON.stringify(text)}`);
}

function range(code: number, text: string, what: string): number {
  if (code > 255) throw new RangeError(`A character of ${what} is one byte, not ${JSON.stringify(text)}`);
  return code;
}
