/** Waiting for several dialogs at once. */
import { prepared } from "./cases.ts";
import type { Expect } from "./expect.ts";
import type { ExpectCallOptions } from "./expect_options.ts";
import { expecting, type Wish } from "./expecting.ts";
import type { Match } from "./match.ts";
import type { Patterns } from "./patterns.ts";

/**
 * Wait for patterns of several dialogs at once: the first that is found. Where one of several has a match in what waits
 * already, the first of the list wins. In each dialog it waits for its turn.
 *
 * A dialog that ends without {@linkcode EOF} among its patterns is waited for no more; the others are.
 *
 * @param list The dialogs, each with its patterns.
 * @param options When to give up; by default after `timeout` of the first dialog.
 * @returns What was found; `source` tells in which dialog, `index` is the place in the patterns of that.
 * @throws {DOMException} named "TimeoutError" if the time is over and no TIMEOUT is a pattern.
 * @throws {Deno.errors.UnexpectedEof} if all of them have ended.
 * @throws {TypeError} if there is no dialog, or one is named twice.
 * @throws as `Expect.expect` does for what happens in one of them.
 * @example
 * ```ts
 * import { Expect, expectAny, spawn } from "@vasty/vasty";
 *
 * await using slow = new Expect(spawn(["sleep", "60"], { stdin: "piped", stdout: "piped" }));
 * await using quick = new Expect(spawn(["echo", "ready"], { stdin: "piped", stdout: "piped" }));
 * const { source, index } = await expectAny([[slow, "ready"], [quick, ["busy", "ready"]]]);
 * console.assert(source === quick && index === 1);
 * ```
 */
export async function expectAny(
  list: readonly (readonly [dialog: Expect, patterns: Patterns])[],
  options: ExpectCallOptions = {},
): Promise<Match> {
  const wishes = list.map(([dialog, patterns]): Wish => [dialog, prepared(patterns)]);
  if (wishes.length === 0) throw new TypeError("There is no dialog to wait for");
  if (new Set(list.map(([dialog]) => dialog)).size < list.length) throw new TypeError("A dialog is named twice");
  return await expecting(wishes, options);
}
