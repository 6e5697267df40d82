/** What an expect has found. */
import type { Prepared } from "./cases.ts";
import type { Expect } from "./expect.ts";
import type { Intake } from "./intake.ts";
import type { Found } from "./matcher.ts";
import type { Pattern } from "./patterns.ts";

/** What an expect has found. */
export interface Match {
  /** The place of the pattern in its list, from 0. */
  readonly index: number;
  /** Whose list that is: the call's own, `expectBefore`'s or `expectAfter`'s. */
  readonly list: "expect" | "before" | "after";
  /** The pattern. */
  readonly pattern: Pattern;
  /** What came before the match, and was not taken by an earlier one. */
  readonly before: string;
  /** The text that matched; empty for what is no text. */
  readonly match: string;
  /** The match, then the groups of the regular expression. */
  readonly groups: (string | undefined)[];
  /** Its named groups. */
  readonly named: Record<string, string | undefined>;
  /** What had come behind the match. It waits for the next expect; what others have taken of it since is missing. */
  readonly after: string;
  /** The dialog in which it was found. */
  readonly source: Expect;
}

/** Where something is that is no text. */
export function nowhere(at: number): Found {
  return { start: at, end: at, groups: [""], named: {} };
}

export class Matched implements Match {
  readonly index: number;
  readonly list: "expect" | "before" | "after";
  readonly pattern: Pattern;
  readonly before: string;
  readonly match: string;
  readonly groups: (string | undefined)[];
  readonly named: Record<string, string | undefined>;
  readonly source: Expect;
  readonly #intake: Intake;
  /** Counted from the first character that ever came. */
  readonly #end: number;
  readonly #received: number;

  constructor(source: Expect, intake: Intake, { index, list, pattern }: Prepared, found: Found) {
    this.index = index;
    this.list = list;
    this.pattern = pattern;
    this.before = intake.buffer.slice(0, found.start);
    this.match = found.groups[0]!;
    this.groups = found.groups;
    this.named = found.named;
    this.source = source;
    this.#intake = intake;
    this.#end = intake.received - intake.buffer.length + found.end;
    this.#received = intake.received;
  }

  get after(): string {
    return this.#intake.between(this.#end, this.#received);
  }
}
