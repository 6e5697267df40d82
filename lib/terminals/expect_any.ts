/** Waiting for several dialogs at once. */
import { prepared } from "./cases.ts";
import type { Expect } from "./expect.ts";
import type { ExpectCallOptions } from "./expect_options.ts";
import { expecting, type Wish } from "./expecting.ts";
import type { Match } from "./match.ts";
import type { Patterns } from "./patterns.ts";

export async function expectAny(
  list: readonly (readonly [dialog: Expect, patterns: Patterns])[],
  options: ExpectCallOptions = {},
): Promise<Match> {
  const wishes = list.map(([dialog, patterns]): Wish => [dialog, prepared(patterns)]);
  if (wishes.length === 0) throw new TypeError("There is no dialog to wait for");
  if (new Set(list.map(([dialog]) => dialog)).size < list.length) throw new TypeError("A dialog is named twice");
  return await expecting(wishes, options);
}
