/** What an expect says that did not find what was wanted. */
import { shown } from "./cases.ts";
import type { Pattern } from "./patterns.ts";
import type { TextBuffer } from "./text_buffer.ts";

/** How much of what has come is shown. */
const SHOWN = 200;

/** What was wanted, and where. */
export interface Wanted {
  patterns: Pattern[];
  buffer: TextBuffer;
}

export function timeoutError(ms: number, wanted: Wanted[]): DOMException {
  return new DOMException(`Timed out after ${ms} ms: ${story(wanted)}`, "TimeoutError");
}

export function endError(wanted: Wanted[]): Error {
  return new Deno.errors.UnexpectedEof(`The other side has ended: ${story(wanted)}`);
}

export function fullError(wanted: Wanted[]): RangeError {
  const [{ buffer }] = wanted as [Wanted];
  return new RangeError(`The buffer is full (${buffer.length} characters): ${story(wanted)}`);
}

function story(wanted: Wanted[]): string {
  return wanted.map(({ patterns, buffer }) => `${waitedFor(patterns)}; ${tail(buffer)}`).join("; ");
}

function waitedFor(patterns: Pattern[]): string {
  return patterns.length === 0 ? "nothing was to come" : `waited for ${patterns.map(shown).join(", ")}`;
}

/** The end of what waits, of which every character can be seen. */
function tail(buffer: TextBuffer): string {
  if (buffer.length === 0) return "nothing has come";
  const from = Math.max(0, buffer.length - SHOWN);
  return `${from > 0 ? `the last of ${buffer.length} characters are` : "there is"} ${visible(buffer.slice(from))}`;
}

/** JSON has escapes for some control characters alone. */
function visible(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
