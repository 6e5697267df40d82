/** What finds a pattern in a text that grows. */
import type { TextBuffer } from "./text_buffer.ts";

/** A match, by its offsets in the buffer. */
export interface Found {
  /** Where it begins. */
  start: number;
  /** Where the text behind it begins. */
  end: number;
  /** The match and what its groups matched, as RegExp has them: `undefined` for a group that took no part. */
  groups: (string | undefined)[];
  /** The same by the names of the groups; an object without prototype, as RegExp's. */
  named: Record<string, string | undefined>;
}

/** A pattern, and how far it was looked for. */
export interface Matcher {
  /**
   * The earliest match in what has come, whose end counts as the end of the text. What an earlier search has looked at
   * is not looked at again, so that all searches together take time in proportion to the text.
   *
   * @returns The match; the same one or a longer one in its place when it is asked again. `undefined` if there is none.
   */
  search(buffer: TextBuffer): Found | undefined;
  /** The buffer was cut: begin with its first character. */
  reset(): void;
  /** Begin at a place of the buffer: no match begins before it, but what is there tells whether it is the beginning of a word. */
  begin(buffer: TextBuffer, place: number): void;
}

/** What groups that have names matched. */
export function named(
  names: ReadonlyMap<string, readonly number[]>,
  groups: readonly (string | undefined)[],
): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = Object.create(null);
  for (const [name, numbers] of names) {
    const taken = numbers.find((number) => groups[number] !== undefined);
    found[name] = taken === undefined ? undefined : groups[taken];
  }
  return found;
}
