/** Looking for a pattern in text that is still coming. */
import type { TextBuffer } from "./text_buffer.ts";

/** Where a pattern was found; places are counted from the first character that is kept. */
export interface Found {
  start: number;
  end: number;
  groups: (string | undefined)[];
  named: Record<string, string | undefined>;
}

export interface Matcher {
  /** The earliest match in what has come. */
  search(buffer: TextBuffer): Found | undefined;
  /** The buffer was cut: begin again at its first character. */
  reset(): void;
}

export function literalMatcher(text: string): Matcher {
  let seen = 0;
  return {
    search(buffer) {
      const from = Math.max(0, seen - text.length + 1);
      const at = buffer.slice(from).indexOf(text);
      seen = buffer.length;
      if (at < 0) return undefined;
      return { start: from + at, end: from + at + text.length, groups: [text], named: {} };
    },
    reset() {
      seen = 0;
    },
  };
}

export function regexpMatcher(pattern: RegExp, options: { window?: number } = {}): Matcher {
  const regexp = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  return {
    search(buffer) {
      const from = Math.max(0, buffer.length - (options.window ?? Infinity));
      const found = regexp.exec(buffer.slice(from));
      if (found === null) return undefined;
      const start = from + found.index;
      return { start, end: start + found[0].length, groups: [...found], named: { ...found.groups } };
    },
    reset() {},
  };
}
