/** Patterns as Tcl's expect has them by default (`-gl`). */

/** A pattern of {@linkcode glob}. */
export class Glob {
  /** The pattern as it was written. */
  readonly source: string;
  /** What it is as a regular expression. */
  readonly regexp: RegExp;

  /** @ignore */
  constructor(source: string) {
    this.source = source;
    this.regexp = new RegExp(expression(source), "su");
  }

  /** `glob("*ok*")` */
  toString(): string {
    return `glob(${JSON.stringify(this.source)})`;
  }
}

/**
 * A pattern of Tcl's expect: `*` is any text, the longest; `?` any character; `[a-z]` one of these; `\x` that character
 * itself. It may match anywhere in what has come, unless it begins with `^` (the first character that waits) or ends with
 * `$` (the last).
 *
 * @param pattern The pattern.
 * @returns What `Expect.expect` takes for a pattern.
 * @throws {TypeError} if it is empty, a bracket is not closed, or a range runs backwards.
 * @example
 * ```ts
 * import { Expect, glob, spawn } from "@vasty/vasty";
 *
 * await using dialog = new Expect(spawn(["echo", "disk 42% full"], { stdin: "piped", stdout: "piped" }));
 * const { match } = await dialog.expect(glob("[0-9]?% f"));
 * console.assert(match === "42% f");
 * ```
 * @see expect(1)
 */
export function glob(pattern: string): Glob {
  if (typeof pattern !== "string" || pattern === "") throw new TypeError("A glob is a string that is not empty");
  return new Glob(pattern);
}

/** One piece of a pattern: an anchor, a bracket, something behind a backslash, or a character. */
const PIECE = /^\^|\$$|\[((?:\\[^]|[^\]\\])*)\]|\\([^])|[^]/gu;

function expression(source: string): string {
  return source.replace(
    PIECE,
    (piece: string, bracket: string | undefined, escaped: string | undefined, at: number) => {
      if (bracket !== undefined) return oneOf(bracket, source);
      if (escaped !== undefined) return literal(escaped);
      if (piece === "*") return ".*";
      if (piece === "?") return ".";
      if (piece === "[") throw new TypeError(`A bracket of the glob ${JSON.stringify(source)} is not closed`);
      const anchor = (piece === "^" && at === 0) || (piece === "$" && at === source.length - 1);
      return anchor ? piece : literal(piece);
    },
  );
}

/** A character in a regular expression, in brackets or out of them. */
function literal(character: string): string {
  return /[$()*+./?[\\\]^{|}]/.test(character) ? `\\${character}` : character;
}

/** The characters and ranges between brackets. */
function oneOf(bracket: string, source: string): string {
  const pieces = [...bracket.matchAll(/\\([^])|[^]/gu)].map(([all, escaped]) => ({ all, character: escaped ?? all }));
  let found = "";
  for (let i = 0; i < pieces.length; i++) {
    const from = pieces[i]!.character;
    if (pieces[i + 1]?.all !== "-" || pieces[i + 2] === undefined) {
      found += inBrackets(from);
      continue;
    }
    const to = pieces[i += 2]!.character;
    if (from.codePointAt(0)! > to.codePointAt(0)!) {
      throw new TypeError(`The range ${from}-${to} of the glob ${JSON.stringify(source)} runs backwards`);
    }
    found += `${inBrackets(from)}-${inBrackets(to)}`;
  }
  return `[${found}]`;
}

function inBrackets(character: string): string {
  return character === "-" ? "\\-" : literal(character);
}
