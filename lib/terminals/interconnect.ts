/** Joining dialogs with each other. */
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";
import { partsOf } from "./dialog_parts.ts";
import type { Expect } from "./expect.ts";
import { type Delivery, Outflow, unlessGone } from "./outflow.ts";
import { type PassingCase, type PassingMatch, PatternWatch } from "./pattern_watch.ts";
import { CONTINUE, CONTINUE_TIMER } from "./patterns.ts";

/** One of several dialogs that are joined. */
export interface JoinedDialog {
  /** The dialog. */
  readonly dialog: Expect;
  /** Who hears what it says. @default {all the others} */
  readonly to?: readonly Expect[];
  /** Patterns in what it says. */
  readonly patterns?: readonly PassingCase[];
  /**
   * Called with what it says; what it returns is heard instead.
   * @param text What it says.
   * @returns What is heard.
   */
  filter?(text: string): string;
}

/** Why joined dialogs are joined no more. */
export interface InterconnectEnd {
  /** One of them ended, or a pattern was found. */
  readonly reason: "eof" | "pattern";
  /** In which dialog. */
  readonly source: Expect;
  /** What was found, if it was a pattern. */
  readonly match?: PassingMatch;
}

/**
 * Join dialogs with each other: what one of them says is sent to the others, first of all what waits in its buffer, until one of
 * them ends or a pattern is found. The dialogs go on then; what was on its way by then is still sent, and nothing is sent twice.
 *
 * Somebody who does not read holds up those whose words wait for him, and nobody else.
 *
 * @param dialogs Two or more dialogs, each alone or with what is to be done about it.
 * @param options When to give up; without limit by default.
 * @returns Why it ended. What was said last, by the one that ended, has been sent.
 * @throws {TypeError} if there are fewer than two, one is named twice, a hearer is none of them, or a pattern is none.
 * @throws {RangeError} if looking for a pattern that looks ahead or back, or refers to a group, takes more than a second; or as
 *   {@linkcode ExpectSender.send} does.
 * @throws {SyscallError} if one cannot be read or written.
 * @throws {ClosedError} if one is closed, before or meanwhile.
 * @throws the signal's reason, a `DOMException` named "TimeoutError", or what a filter or an `action` throws.
 * @example
 * ```ts
 * import { Expect, interconnect, spawn } from "@vasty/vasty";
 *
 * const piped = { stdin: "piped", stdout: "piped" } as const;
 * await using asks = new Expect(spawn(["sh", "-c", "echo 6*7; read answer; echo got $answer"], piped));
 * await using answers = new Expect(spawn(["sh", "-c", "while read sum; do echo $(($sum)); done"], piped));
 * const { match } = await interconnect([{ dialog: asks, patterns: [{ pattern: /got \d+/ }] }, answers]);
 * console.assert(match?.match === "got 42");
 * ```
 * @see Expect(3pm), `interconnect`
 */
export async function interconnect(
  dialogs: readonly (Expect | JoinedDialog)[],
  options: WaitOptions = {},
): Promise<InterconnectEnd> {
  checkLimit(options);
  const end = Promise.withResolvers<InterconnectEnd>();
  const flows = joined(dialogs).map((one) => flowOf(one, end));
  using _limit = new Limit(options, end.reject);
  try {
    for (const flow of flows) flow.begin();
    return await end.promise;
  } finally {
    for (const flow of flows) flow.leave();
  }
}

type Joined = JoinedDialog & { readonly to: readonly Expect[] };

/** @throws {TypeError} if they make no sense. */
function joined(dialogs: readonly (Expect | JoinedDialog)[]): Joined[] {
  const given = dialogs.map((one): JoinedDialog => "dialog" in one ? one : { dialog: one });
  const all = given.map(({ dialog }) => dialog);
  if (all.length < 2) throw new TypeError("It takes two dialogs at least");
  if (new Set(all).size < all.length) throw new TypeError("A dialog is named twice");
  return given.map((one) => {
    const { dialog, to = all.filter((other) => other !== dialog), filter } = one;
    if (!to.every((other) => all.includes(other))) {
      throw new TypeError("Who hears a dialog is one of those that are joined");
    }
    if (filter !== undefined && typeof filter !== "function") throw new TypeError("A filter is a function");
    return { ...one, to, filter: filter && ((text) => one.filter!(text)) };
  });
}

function flowOf(
  { dialog, to, patterns = [], filter }: Joined,
  { resolve, reject }: PromiseWithResolvers<InterconnectEnd>,
): Outflow {
  partsOf(dialog);
  return new Outflow(dialog, new PatternWatch(patterns, false), {
    deliver: (text) => heardBy(to, filter === undefined ? text : filter(text), text.length),
    hit: async ({ match, action }) => {
      const answer = await action?.(match);
      if (answer === CONTINUE || answer === CONTINUE_TIMER) return true;
      resolve({ reason: "pattern", source: dialog, match });
      return false;
    },
    ended: () => resolve({ reason: "eof", source: dialog }),
    fail: reject,
  });
}

/**
 * `count` characters, as `heard`. A send that nobody waits for any more goes on all the same, also one that is given up as the
 * hearer would have to be read first; so they have passed, unless each of the hearers refuses them or is closed.
 */
function heardBy(to: readonly Expect[], heard: string, count: number): Delivery {
  const refused = new Set<Expect>();
  const send = async (other: Expect): Promise<void> => {
    try {
      await unlessGone(other.send(heard));
    } catch (error) {
      if (!(error instanceof RangeError)) refused.add(other);
      throw error;
    }
  };
  const sends = heard === "" ? [] : to.map(send);
  return {
    done: Promise.all(sends).then(() => {}),
    get passed() {
      const lost = sends.length > 0 && to.every((other) => refused.has(other) || partsOf(other).closed);
      return lost ? 0 : count;
    },
  };
}
