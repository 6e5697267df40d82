/** Looking for a text as it stands. */
import type { Matcher } from "./matcher.ts";

export function literalMatcher(text: string): Matcher {
  let seen = 0;
  return {
    search(buffer) {
      const from = Math.max(0, seen - text.length);
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
