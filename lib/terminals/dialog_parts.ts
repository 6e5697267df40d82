/** What a dialog is made of, for those that work on it. */
import type { Prepared } from "./cases.ts";
import { received } from "./dialog_log.ts";
import { type DialogTarget, type OpenTarget, openTarget } from "./dialog_target.ts";
import { type CheckedOptions, checkedOptions, type ExpectOptions } from "./expect_options.ts";
import { Intake } from "./intake.ts";
import { LineUp } from "./line_up.ts";
import { Sender } from "./sender.ts";
import { decoderOf } from "./text_encoding.ts";

export interface DialogParts {
  readonly options: CheckedOptions;
  readonly target: DialogTarget;
  readonly ends: OpenTarget;
  readonly intake: Intake;
  readonly lineUp: LineUp;
  readonly sender: Sender;
  /** Cases that stand before and after those of every call. */
  before: Prepared[];
  after: Prepared[];
  /** It was closed, and why. */
  closed: { reason: unknown } | undefined;
}

const parts = new WeakMap<object, DialogParts>();

/** @throws {TypeError} if it is no dialog. */
export function partsOf(dialog: object): DialogParts {
  const found = parts.get(dialog);
  if (found === undefined) throw new TypeError("That is no Expect");
  return found;
}

/** Take `target` over for `dialog`. @throws {TypeError | RangeError} as `Expect` does. */
export function openDialog(dialog: object, target: DialogTarget, given: ExpectOptions): void {
  const options = checkedOptions(given);
  const decoder = decoderOf(options.encoding);
  const ends = openTarget(target);
  const lineUp = new LineUp();
  const intake = new Intake(ends.source, decoder, options.maxBuffer, {
    received: (text, bytes) => {
      received(options, text, bytes);
      if (text !== "") lineUp.received();
    },
    changed: () => {
      lineUp.run();
      sender.changed();
    },
  });
  const sender = new Sender(intake);
  parts.set(dialog, { options, target, ends, intake, lineUp, sender, before: [], after: [], closed: undefined });
}
