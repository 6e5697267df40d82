/** Looking for a regular expression. */
import type { Matcher } from "./matcher.ts";

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
