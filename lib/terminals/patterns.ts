/** What an expect waits for. */
import type { Expect } from "./expect.ts";
import type { Glob } from "./glob.ts";
import type { Match } from "./match.ts";

/** A pattern: the other side writes no more. Its `before` is all that was left. */
export const EOF: unique symbol = Symbol.for("vasty.EOF");

/** A pattern: the time is over. Its `before` is what waits, which stays for the next expect. */
export const TIMEOUT: unique symbol = Symbol.for("vasty.TIMEOUT");

/** A pattern: nothing has matched, and the buffer is full. Its `before` is all that was in it. */
export const FULL_BUFFER: unique symbol = Symbol.for("vasty.FULL_BUFFER");

/** Returned by a `then`: the expect goes on, and its clock begins anew. */
export const CONTINUE: unique symbol = Symbol.for("vasty.CONTINUE");

/** Returned by a `then`: the expect goes on, and its clock runs on. After a {@linkcode TIMEOUT} it begins anew all the same. */
export const CONTINUE_TIMER: unique symbol = Symbol.for("vasty.CONTINUE_TIMER");

/** Text as it is, a regular expression, a glob, or what else can happen. */
export type Pattern = string | RegExp | Glob | typeof EOF | typeof TIMEOUT | typeof FULL_BUFFER;

/** A pattern, and what to do about it. */
export interface Case {
  /** What to wait for. */
  pattern: Pattern;
  /**
   * Called with the match, before the expect is done, which waits for it. It may send, and expect. What it throws is thrown by
   * the expect. If it returns {@linkcode CONTINUE} or {@linkcode CONTINUE_TIMER} the expect goes on; where nothing was taken
   * (`transfer: false`, an empty match at the front) what waits is looked at again only once more has come.
   *
   * @param match What was found.
   * @param dialog Where.
   */
  then?(match: Match, dialog: Expect): unknown;
  /**
   * Whether what matched, and what came before it, leaves the buffer.
   * @default {true}
   */
  transfer?: boolean;
}

/** One pattern, or several: the earliest match wins, then the first in the list. */
export type Patterns = Pattern | Case | readonly (Pattern | Case)[];
