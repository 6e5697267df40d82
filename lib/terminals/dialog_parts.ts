/** What a dialog is made of, for those that work on it. */
import type { Prepared } from "./cases.ts";
import type { Expect } from "./expect.ts";
import type { CheckedOptions } from "./expect_options.ts";
import type { Intake } from "./intake.ts";
import type { LineUp } from "./line_up.ts";
import type { Sender } from "./sender.ts";

export interface DialogParts {
  readonly options: CheckedOptions;
  readonly intake: Intake;
  readonly lineUp: LineUp;
  readonly sender: Sender;
  /** Cases that stand before and after those of every call. */
  before: Prepared[];
  after: Prepared[];
  /** It was closed, and why. */
  closed: { reason: unknown } | undefined;
}

const parts = new WeakMap<Expect, DialogParts>();

export function setParts(dialog: Expect, made: DialogParts): void {
  parts.set(dialog, made);
}

/** @throws {TypeError} if it is no dialog. */
export function partsOf(dialog: Expect): DialogParts {
  const found = parts.get(dialog);
  if (found === undefined) throw new TypeError("That is no Expect");
  return found;
}
