/** What an expect waits for. */
import type { Expect } from "./expect.ts";
import type { Glob } from "./glob.ts";
import type { Match } from "./match.ts";

/**
 * A pattern: the other side writes no more. Its `before` is all that was left.
 *
 * @example
 * ```ts
 * import { EOF, Expect, spawn } from "@vasty/vasty";
 *
 * await using dialog = new Expect(spawn(["echo", "all of it"], { stdin: "null", stdout: "piped" }));
 * console.assert((await dialog.expect(EOF)).before === "all of it\n");
 * ```
 */
export const EOF: unique symbol = Symbol.for("vasty.EOF");

/**
 * A pattern: the time is over. Its `before` is what waits, which stays for the next expect.
 *
 * @example
 * ```ts
 * import { Expect, spawn, TIMEOUT } from "@vasty/vasty";
 *
 * await using dialog = new Expect(spawn(["cat"], { stdin: "piped", stdout: "piped" }));
 * const { index } = await dialog.expect(["ready", TIMEOUT], { timeout: 20 });
 * console.assert(index === 1);
 * ```
 */
export const TIMEOUT: unique symbol = Symbol.for("vasty.TIMEOUT");

/**
 * A pattern: nothing has matched, and the buffer is full. Its `before` is all that was in it.
 *
 * @example
 * ```ts
 * import { Expect, FULL_BUFFER, spawn } from "@vasty/vasty";
 *
 * await using dialog = new Expect(spawn(["yes"], { stdin: "null", stdout: "piped" }), { maxBuffer: 1_000 });
 * console.assert((await dialog.expect(["no", FULL_BUFFER])).before.length === 1_000);
 * ```
 */
export const FULL_BUFFER: unique symbol = Symbol.for("vasty.FULL_BUFFER");

/**
 * Returned by an `action`: the expect goes on, and its clock begins anew.
 *
 * @example
 * ```ts
 * import { CONTINUE, EOF, Expect, spawn } from "@vasty/vasty";
 *
 * await using dialog = new Expect(spawn(["printf", "a,b,c"], { stdin: "null", stdout: "piped" }));
 * const fields: string[] = [];
 * const comma = {
 *   pattern: ",",
 *   action: ({ before }: { before: string }) => {
 *     fields.push(before);
 *     return CONTINUE;
 *   },
 * };
 * fields.push((await dialog.expect([comma, EOF])).before);
 * console.assert(fields.join("") === "abc");
 * ```
 */
export const CONTINUE: unique symbol = Symbol.for("vasty.CONTINUE");

/** Returned by an `action`: the expect goes on, and its clock runs on. After a {@linkcode TIMEOUT} it begins anew all the same. */
export const CONTINUE_TIMER: unique symbol = Symbol.for("vasty.CONTINUE_TIMER");

/** Text as it is, a regular expression, a glob, or what else can happen. */
export type Pattern = string | RegExp | Glob | typeof EOF | typeof TIMEOUT | typeof FULL_BUFFER;

/** A pattern, and what to do about it. An async function cannot return one, as it would be taken for a promise. */
export interface Case {
  /** What to wait for. */
  pattern: Pattern;
  /**
   * Called with the match, before the expect is done, which waits for it. It may send, and expect. What it throws is thrown by
   * the expect. While it runs, the time limit waits for it; an abort does not. If it returns {@linkcode CONTINUE} or {@linkcode CONTINUE_TIMER} the expect goes on; where nothing was taken
   * (`transfer: false`, an empty match at the front) what waits is looked at again only once more has come.
   *
   * @param match What was found.
   * @param dialog Where.
   */
  action?(match: Match, dialog: Expect): unknown;
  /**
   * Whether what matched, and what came before it, leaves the buffer.
   * @default {true}
   */
  transfer?: boolean;
}

/** One pattern, or several: the earliest match wins, then the first in the list. */
export type Patterns = Pattern | Case | readonly (Pattern | Case)[];
