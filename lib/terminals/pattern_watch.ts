/** Patterns in what passes by: they look on, and what they wait for is not held up but for keys that may be one of them. */
import { shown } from "./cases.ts";
import { literalMatcher } from "./literal_matcher.ts";
import type { Found, Matcher } from "./matcher.ts";
import { regexpMatcher } from "./regexp_matcher.ts";
import { TextBuffer } from "./text_buffer.ts";

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
  /**
   * Text, or a regular expression. It finds what `matchAll` would in all that passes, of which it sees the last 4096 characters at
   * least: `^` is where the interaction began, and with flag `m` where a line begins.
   */
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

/** Characters before what is new in which a match may begin. */
const HISTORY = 4_096;

/** What is kept before that: so much is seen by what looks back, and it is not taken for the beginning of all. */
const CONTEXT = HISTORY + 2;

/** Characters that are kept before most of them are dropped. */
const MOST = 64 * 1024;

type Hit = Found & { index: number };

/** It finds what `matchAll` would in all that passes, as far back as the patterns see. */
export class PatternWatch {
  readonly #cases: readonly PassingCase[];
  readonly #holding: boolean;
  readonly #matchers: readonly Matcher[];
  /** What has passed, and what is held back. */
  #seen = new TextBuffer();
  /** Where in that the last match ended. */
  #last = 0;
  /** Typed, and not sent yet. */
  #held = "";

  /** `holding`: text that matches does not pass. @throws {TypeError} if a case is none. */
  constructor(cases: readonly PassingCase[], holding: boolean) {
    this.#cases = cases;
    this.#holding = holding;
    this.#matchers = cases.map(({ pattern, action }) => {
      if (action !== undefined && typeof action !== "function") throw new TypeError("action is a function");
      return matcherFor(pattern);
    });
  }

  /** What is held back, which passes after all. */
  release(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  /**
   * What becomes of `text`, up to the first match. What is not used then is to be given again.
   *
   * @throws {RangeError} if looking for a pattern that goes back and tries again takes too long.
   */
  step(text: string): Passing {
    if (this.#matchers.length === 0) return { text, used: text.length };
    const before = this.#seen.length;
    this.#seen.append(text);
    const hit = this.#earliest();
    const all = this.#held + text;
    if (hit !== undefined) return this.#passUpTo(hit, all, before);
    const held = this.#holding ? this.#beginning(all) : 0;
    this.#held = all.slice(all.length - held);
    const { length } = this.#seen;
    if (length > MOST) this.#cut(Math.max(this.#last, length - HISTORY), length);
    return { text: all.slice(0, all.length - held), used: text.length };
  }

  /** `all`: what is held, which ends `before`, and the text. A match may have become one by what follows it alone. */
  #passUpTo({ index, start, end, groups, named }: Hit, all: string, before: number): Passing {
    const { pattern, action, pass } = this.#cases[index]!;
    const keeps = this.#holding && typeof pattern === "string" && !pass;
    const base = before - this.#held.length;
    const used = Math.max(0, end - before);
    const text = all.slice(0, Math.max(0, (keeps ? start : end) - base));
    this.#held = this.#held.slice(Math.max(0, end - base));
    this.#last = end;
    this.#cut(end, before + used);
    return { text, used, hit: { match: { index, pattern, match: groups[0]!, groups, named: { ...named } }, action } };
  }

  /** Look behind `place` from now on, in what comes before `end` and what will follow that. */
  #cut(place: number, end: number): void {
    const from = Math.max(0, place - CONTEXT);
    const text = this.#seen.slice(from, end);
    this.#seen = new TextBuffer();
    this.#seen.append(text);
    this.#last -= from;
    for (const matcher of this.#matchers) matcher.begin(this.#seen, place - from);
  }

  /** The match that ends first, and of those the first of the list. */
  #earliest(): Hit | undefined {
    let best: Hit | undefined;
    for (let index = 0; index < this.#matchers.length; index++) {
      const found = this.#find(this.#matchers[index]!);
      if (found !== undefined && (best === undefined || found.end < best.end)) best = { ...found, index };
    }
    return best;
  }

  /** An empty match where the last one ended would be found for ever. */
  #find(matcher: Matcher): Found | undefined {
    const found = matcher.search(this.#seen);
    if (found === undefined || found.end > this.#last) return found;
    const next = this.#seen.slice(this.#last, this.#last + 2).codePointAt(0)!;
    matcher.begin(this.#seen, this.#last + (next > 0xffff ? 2 : 1));
    return matcher.search(this.#seen);
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

/** @throws {TypeError} if it is no pattern. */
function matcherFor(pattern: string | RegExp): Matcher {
  if (typeof pattern === "string" && pattern !== "") return literalMatcher(pattern);
  if (!(pattern instanceof RegExp)) {
    throw new TypeError(`${shown(pattern)} is no pattern here: text or a regular expression`);
  }
  return regexpMatcher(new RegExp(pattern.source, pattern.flags.replace("y", "")), { window: HISTORY });
}
