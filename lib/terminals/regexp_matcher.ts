/** Looking for a regular expression. */
import type { Matcher } from "./matcher.ts";

export function regexpMatcher(pattern: RegExp, _options: { window?: number } = {}): Matcher {
  const regexp = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  return {
    search(buffer) {
      const found = regexp.exec(buffer.slice());
      if (found === null) return undefined;
      const start = found.index;
      return { start, end: start + found[0].length, groups: [...found], named: { ...found.groups } };
    },
    reset() {},
  };
}
