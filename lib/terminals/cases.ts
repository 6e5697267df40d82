/** Patterns as they were given, made ready for looking. */
import { Glob } from "./glob.ts";
import { literalMatcher } from "./literal_matcher.ts";
import type { Matcher } from "./matcher.ts";
import { type Case, EOF, FULL_BUFFER, type Pattern, type Patterns, TIMEOUT } from "./patterns.ts";
import { checkFlags, regexpMatcher } from "./regexp_matcher.ts";

/** A case with nothing left out. */
export interface Prepared {
  pattern: Pattern;
  action: Case["action"];
  transfer: boolean;
  index: number;
  list: "expect" | "before" | "after";
}

/** `patterns` as a list. @throws {TypeError} if one is no pattern. */
export function prepared(patterns: Patterns, list: Prepared["list"] = "expect"): Prepared[] {
  if (Array.isArray(patterns)) return patterns.map((pattern, index) => prepare(pattern, index, list));
  return [prepare(patterns as Pattern | Case, 0, list)];
}

function prepare(given: Pattern | Case, index: number, list: Prepared["list"]): Prepared {
  if (isPattern(given)) return { pattern: given, action: undefined, transfer: true, index, list };
  const { pattern, action, transfer = true } = given ?? {};
  if (!isPattern(pattern)) throw new TypeError(`${shown(pattern ?? given)} is no pattern`);
  if (action !== undefined && typeof action !== "function") throw new TypeError("action is a function");
  if (typeof transfer !== "boolean") throw new TypeError("transfer is true or false");
  return { pattern, action: action && ((match, dialog) => given.action!(match, dialog)), transfer, index, list };
}

/** The empty string, which matches always, is more likely a mistake than meant. */
function isPattern(value: unknown): value is Pattern {
  if (typeof value === "string") return value !== "";
  if (value instanceof RegExp) checkFlags(value);
  return value instanceof RegExp || value instanceof Glob || value === EOF || value === TIMEOUT ||
    value === FULL_BUFFER;
}

/** What looks for `pattern`; nothing for what is no text. */
export function matcherOf(pattern: Pattern, window: number): Matcher | undefined {
  if (typeof pattern === "string") return literalMatcher(pattern);
  if (typeof pattern === "symbol") return undefined;
  return regexpMatcher(pattern instanceof Glob ? pattern.regexp : pattern, { window });
}

/** A pattern for a message. */
export function shown(pattern: unknown): string {
  if (pattern === EOF) return "EOF";
  if (pattern === TIMEOUT) return "TIMEOUT";
  if (pattern === FULL_BUFFER) return "FULL_BUFFER";
  if (pattern instanceof RegExp || pattern instanceof Glob) return String(pattern);
  return typeof pattern === "string" ? JSON.stringify(pattern) : Deno.inspect(pattern, { depth: 0, compact: true });
}
