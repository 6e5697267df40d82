/** A regular expression as a tree. The engine has read it before: only what is valid comes here. */
import { type CharacterSet, escapedSet, literalSet, type Modes } from "./regexp_atoms.ts";

/** Where a match may stand: at an end of a line, of the text, or of a word. */
export type Place = "text start" | "text end" | "line start" | "line end" | "word" | "no word";

/** A part of a regular expression. */
export type Syntax =
  | { type: "set"; set: CharacterSet }
  | { type: "place"; place: Place; folded: boolean }
  | { type: "sequence"; parts: Syntax[] }
  | { type: "choice"; branches: Syntax[] }
  | { type: "group"; number: number; body: Syntax }
  | Repeat;

/** A part that is repeated, and which groups are in it: from `firstGroup` to before `endGroup`. */
export interface Repeat {
  type: "repeat";
  body: Syntax;
  least: number;
  most: number;
  greedy: boolean;
  firstGroup: number;
  endGroup: number;
}

/** A regular expression: its tree, and its groups. */
export interface Parsed {
  tree: Syntax;
  /** How many groups it has, the match itself being the first. */
  groups: number;
  /** The numbers of the groups of each name. */
  names: Map<string, number[]>;
}

/** What no automaton can do, or only one that is too large. */
export class NotRegular extends Error {}

/** Deeper than a person nests. */
const DEEPEST = 250;

/**
 * Read a regular expression.
 *
 * @throws {NotRegular} if it looks back or around, or compares whole sets (`v`).
 */
export function parse({ source, flags }: { source: string; flags: string }): Parsed {
  if (flags.includes("v")) throw new NotRegular("flag v");
  return new Parser(source, {
    ignoreCase: flags.includes("i"),
    multiline: flags.includes("m"),
    dotAll: flags.includes("s"),
    unicode: flags.includes("u"),
  }).parse();
}

class Parser {
  #source: string;
  #modes: Modes;
  #at = 0;
  #depth = 0;
  #groups = 1;
  #names = new Map<string, number[]>();
  #all: { groups: number; named: boolean };

  constructor(source: string, modes: Modes) {
    this.#source = source;
    this.#modes = modes;
    this.#all = countGroups(source);
  }

  parse(): Parsed {
    const tree = this.#choice();
    return { tree, groups: this.#groups, names: this.#names };
  }

  #choice(): Syntax {
    if (++this.#depth > DEEPEST) throw new NotRegular("deeply nested");
    const branches = [this.#sequence()];
    while (this.#takes("|")) branches.push(this.#sequence());
    this.#depth--;
    return branches.length === 1 ? branches[0]! : { type: "choice", branches };
  }

  #sequence(): Syntax {
    const parts: Syntax[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at]!)) parts.push(this.#term());
    return parts.length === 1 ? parts[0]! : { type: "sequence", parts };
  }

  #term(): Syntax {
    const firstGroup = this.#groups;
    const place = this.#place();
    if (place) return place;
    const body = this.#group() ?? { type: "set", set: this.#set() };
    const found = this.#sticky(/([*+?])|\{(\d+)(,(\d*))?\}/y);
    if (!found) return body;
    const [, sign, from, open, to] = found;
    const least = sign ? Number(sign === "+") : Number(from);
    const most = sign ? (sign === "?" ? 1 : Infinity) : open ? (to ? Number(to) : Infinity) : least;
    return { type: "repeat", body, least, most, greedy: !this.#takes("?"), firstGroup, endGroup: this.#groups };
  }

  #place(): Syntax | undefined {
    const found = this.#sticky(/\^|\$|\\b|\\B/y)?.[0];
    if (!found) return undefined;
    const { multiline, ignoreCase, unicode } = this.#modes;
    const end = multiline ? "line" as const : "text" as const;
    const place = found === "^" ? `${end} start` as const : found === "$" ? `${end} end` as const : undefined;
    return { type: "place", place: place ?? (found === "\\b" ? "word" : "no word"), folded: ignoreCase && unicode };
  }

  #group(): Syntax | undefined {
    if (!this.#takes("(")) return undefined;
    if (this.#sticky(/\?<?[=!]/y)) throw new NotRegular("a look around");
    const before = this.#modes;
    const [plain, on, off] = this.#sticky(/\?([ims]*)(?:-([ims]*))?:/y) ?? [];
    if (plain !== undefined) this.#modes = changed(before, on ?? "", off ?? "");
    const name = this.#sticky(/\?<([^>]*)>/y)?.[1];
    const number = plain === undefined ? this.#groups++ : undefined;
    if (name !== undefined) this.#named(name, number!);
    const body = this.#choice();
    this.#modes = before;
    this.#at++;
    return number === undefined ? body : { type: "group", number, body };
  }

  #named(written: string, number: number): void {
    const name = written.replace(
      /\\u(?:\{([0-9a-f]+)\}|([0-9a-f]{4}))/gi,
      (_, long, short) => long ? String.fromCodePoint(parseInt(long, 16)) : String.fromCharCode(parseInt(short, 16)),
    );
    this.#names.set(name, [...this.#names.get(name) ?? [], number]);
  }

  #set(): CharacterSet {
    const { unicode } = this.#modes;
    const bracketed = this.#sticky(/\[(?:\\[^]|[^\]\\])*\]/y)?.[0];
    if (bracketed) return escapedSet(bracketed, this.#modes);
    if (this.#takes(".")) return escapedSet(".", this.#modes);
    if (this.#source[this.#at] === "\\") return this.#escape();
    const code = unicode ? this.#source.codePointAt(this.#at)! : this.#source.charCodeAt(this.#at);
    this.#at += code > 0xffff ? 2 : 1;
    return literalSet(code, this.#modes);
  }

  #escape(): CharacterSet {
    const { unicode } = this.#modes;
    const decimal = /\\([1-9]\d*)/y;
    decimal.lastIndex = this.#at;
    const reference = decimal.exec(this.#source)?.[1];
    if (reference && (unicode || Number(reference) < this.#all.groups)) throw new NotRegular("a reference");
    if ((unicode || this.#all.named) && this.#source.startsWith("\\k", this.#at)) throw new NotRegular("a reference");
    // `\c` without a letter is a backslash, and the letter comes after it.
    if (this.#sticky(/\\(?=c(?![a-z]))/iy)) return literalSet(0x5c, this.#modes);
    const long = unicode ? LONG_ESCAPE : /(?!)/y;
    return escapedSet(this.#sticky(long)?.[0] ?? this.#sticky(ESCAPE)![0], this.#modes);
  }

  #takes(text: string): boolean {
    const there = this.#source.startsWith(text, this.#at);
    if (there) this.#at += text.length;
    return there;
  }

  /** What a sticky expression finds here, which is passed over then. */
  #sticky(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found) this.#at += found[0].length;
    return found;
  }
}

/** Escapes of one character. Without `u` what is not complete stands for its letter, and numbers are octal. */
const ESCAPE = /\\(?:[0-3][0-7]{0,2}|[4-7][0-7]?|c[a-z]|x[0-9a-f]{2}|u[0-9a-f]{4}|[^])/iy;

/** Those that need `u`: a character above U+FFFF in three ways, and properties. */
const LONG_ESCAPE = /\\(?:u\{[0-9a-f]+\}|u[dD][89abAB][0-9a-f]{2}\\u[dD][c-fC-F][0-9a-f]{2}|[pP]\{[^}]*\})/iy;

function changed(modes: Modes, on: string, off: string): Modes {
  const mode = (letter: string, before: boolean) => on.includes(letter) || (before && !off.includes(letter));
  return {
    ignoreCase: mode("i", modes.ignoreCase),
    multiline: mode("m", modes.multiline),
    dotAll: mode("s", modes.dotAll),
    unicode: modes.unicode,
  };
}

/** Groups are counted first: a number is a reference only if there is such a group, be it further on. */
function countGroups(source: string): { groups: number; named: boolean } {
  const signs = source.replace(/\\[^]|\[(?:\\[^]|[^\]\\])*\]/g, ".");
  const opened: string[] = signs.match(/\((?!\?)|\(\?<(?![=!])/g) ?? [];
  return { groups: 1 + opened.length, named: opened.includes("(?<") };
}
