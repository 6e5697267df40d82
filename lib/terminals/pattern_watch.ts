/** Patterns in what passes by: they look on, and what they wait for is not held up but for keys that may be one of them. */
import { shown } from "./cases.ts";

/** What was found in what passed by. */
export interface PassingMatch {
  /** The place of the pattern in its list, from 0. */
  readonly index: number;
  /** The pattern. */
  readonly pattern: string | RegExp;
  /** The text that matched. */
  readonly match: string;
  /** The match, then the groups of the regular expression. */
  readonly groups: (string | undefined)[];
  /** Its named groups. */
  readonly named: Record<string, string | undefined>;
}

/** A pattern to look for in what passes by, and what to do about it. */
export interface PassingCase {
  /** Text, or a regular expression, which sees the last 4096 characters. */
  pattern: string | RegExp;
  /**
   * Called with the match; meanwhile nothing passes. If it returns {@linkcode CONTINUE} the interaction goes on, otherwise it
   * ends; what it throws ends it as well. Without it the interaction ends.
   *
   * @param match What was found.
   */
  action?(match: PassingMatch): unknown;
  /**
   * Whether text that is typed, and is this pattern, is sent all the same. Keys that are only its beginning wait until it is
   * clear what they are; a regular expression holds nothing back.
   * @default {false}
   */
  pass?: boolean;
}

/** What becomes of text. */
export interface Passing {
  /** This passes. */
  text: string;
  /** How much of what was given is dealt with. */
  used: number;
  hit?: { match: PassingMatch; action: PassingCase["action"] };
}

/** What the patterns see of what has passed. */
const HISTORY = 4_096;

interface Hit {
  start: number;
  end: number;
  index: number;
  groups: (string | undefined)[];
  named: Record<string, string | undefined>;
}

export class PatternWatch {
  readonly #cases: readonly PassingCase[];
  readonly #holding: boolean;
  readonly #expressions: (RegExp | undefined)[];
  #history = "";
  /** Typed, and not sent yet. */
  #held = "";

  /** `holding`: text that matches does not pass. @throws {TypeError} if a case is none. */
  constructor(cases: readonly PassingCase[], holding: boolean) {
    this.#cases = cases;
    this.#holding = holding;
    this.#expressions = cases.map(({ pattern, action }) => {
      if (action !== undefined && typeof action !== "function") throw new TypeError("action is a function");
      if (pattern instanceof RegExp) return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, "")}g`);
      if (typeof pattern === "string" && pattern !== "") return undefined;
      throw new TypeError(`${shown(pattern)} is no pattern here: text or a regular expression`);
    });
  }

  /** What is held back, which passes after all. */
  release(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  /** What becomes of `text`, up to the first match. */
  step(text: string): Passing {
    const hit = this.#earliest(text);
    const all = this.#held + text;
    if (hit === undefined) {
      const held = this.#holding ? this.#beginning(all) : 0;
      this.#held = all.slice(all.length - held);
      this.#history = (this.#history + text).slice(-HISTORY);
      return { text: all.slice(0, all.length - held), used: text.length };
    }
    const { pattern, action, pass } = this.#cases[hit.index]!;
    const keeps = this.#holding && typeof pattern === "string" && !pass;
    // Places are counted from where the history begins, whose end is what is held.
    const base = this.#history.length - this.#held.length;
    const used = hit.end - this.#history.length;
    const passing = all.slice(0, (keeps ? hit.start : hit.end) - base);
    this.#held = this.#history = "";
    const { index, groups, named } = hit;
    return { text: passing, used, hit: { match: { index, pattern, match: groups[0]!, groups, named }, action } };
  }

  /** The match that ends first, and of those the first of the list. */
  #earliest(text: string): Hit | undefined {
    let best: Hit | undefined;
    for (let index = 0; index < this.#cases.length; index++) {
      const hit = this.#find(index, text);
      if (hit !== undefined && (best === undefined || hit.end < best.end)) best = hit;
    }
    return best;
  }

  /** A match that ends in `text`. */
  #find(index: number, text: string): Hit | undefined {
    const before = this.#history.length;
    const all = this.#history + text;
    const { pattern } = this.#cases[index]!;
    if (typeof pattern === "string") {
      const start = all.indexOf(pattern, Math.max(0, before - pattern.length + 1));
      return start < 0 ? undefined : { start, end: start + pattern.length, index, groups: [pattern], named: {} };
    }
    for (const found of all.matchAll(this.#expressions[index]!)) {
      const end = found.index + found[0].length;
      if (end > before) return { start: found.index, end, index, groups: [...found], named: { ...found.groups } };
    }
    return undefined;
  }

  /** How many of the last characters may be the beginning of a pattern. */
  #beginning(all: string): number {
    let most = 0;
    for (const { pattern } of this.#cases) {
      if (typeof pattern !== "string") continue;
      let length = Math.min(pattern.length - 1, all.length);
      while (length > most && !all.endsWith(pattern.slice(0, length))) length--;
      most = Math.max(most, length);
    }
    return most;
  }
}
