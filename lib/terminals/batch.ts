/** A dialog as a list of steps. */
import type { Expect } from "./expect.ts";
import type { ExpectCallOptions } from "./expect_options.ts";
import type { Match } from "./match.ts";
import type { Pattern, Patterns } from "./patterns.ts";

/** One way that a `switch` may go. */
export interface BatchBranch {
  /** When it is this one: as for an expect the earliest match wins, then the first of the list. */
  pattern: Pattern;
  /** What is done then, before what follows the `switch`. */
  steps?: readonly BatchStep[];
  /** The `switch` is begun anew afterwards. @default {false} */
  again?: boolean;
  /** Nothing more is done action: this error is what the batch fails by. */
  fail?: string;
}

/** One step: something to send, or to wait for. */
export type BatchStep =
  | { readonly send: string | Uint8Array<ArrayBuffer>; readonly hidden?: boolean }
  | { readonly sendLine: string; readonly hidden?: boolean }
  | { readonly sendControl: string }
  | { readonly sendEof: true }
  | { readonly expect: Patterns; readonly timeout?: number }
  | { readonly switch: readonly BatchBranch[]; readonly timeout?: number };

/** What came of a step. */
export interface BatchResult {
  /** Where it stands: `[2]` is the third step, `[2, 0, 1]` the second one in the first branch of that. */
  readonly place: readonly number[];
  /** The step. */
  readonly step: BatchStep;
  /** What was found, by one that waits. */
  readonly match?: Match;
}

/** A step has failed; `cause` says why. */
export class BatchError extends Error {
  /** Where it stands; see {@linkcode BatchResult}. */
  readonly place: readonly number[];
  /** What came of the steps before. */
  readonly results: readonly BatchResult[];

  /** @ignore */
  constructor(place: readonly number[], what: string, results: readonly BatchResult[], cause: unknown) {
    super(`Step ${place.map((at) => at + 1).join(".")} (${what}): ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
    this.name = "BatchError";
    this.place = place;
    this.results = results;
  }
}

/**
 * Hold a dialog that is a list of steps, as goexpect's `ExpectBatch` does: send, expect, and go several ways.
 *
 * @param dialog With whom.
 * @param steps What is done, in its order.
 * @param options `signal` for all of it; `timeout` and `searchWindow` for each step that waits and has none of its own.
 * @returns What came of each step that was done, those of branches among them.
 * @throws {BatchError} if a step fails; its `cause` is what `Expect.expect` or `Expect.send` throws.
 * @throws {TypeError} if a step is none, before anything is done.
 * @example
 * ```ts
 * import { Expect, runBatch, spawn } from "@vasty/vasty";
 *
 * const program = 'echo "proceed? "; read answer; echo "ok, $answer"';
 * await using dialog = new Expect(spawn(["sh", "-c", program], { stdin: "piped", stdout: "piped" }));
 * const results = await runBatch(dialog, [
 *   { switch: [{ pattern: "proceed?", steps: [{ sendLine: "yes" }] }, { pattern: "refused", fail: "It did not want to" }] },
 *   { expect: /ok, (\w+)/ },
 * ]);
 * console.assert(results.at(-1)?.match?.groups[1] === "yes");
 * ```
 */
export async function runBatch(
  dialog: Expect,
  steps: readonly BatchStep[],
  options: ExpectCallOptions = {},
): Promise<BatchResult[]> {
  checkSteps(steps, []);
  const results: BatchResult[] = [];
  await new Batch(dialog, options, results).run(steps, []);
  return results;
}

const VERBS = ["send", "sendLine", "sendControl", "sendEof", "expect", "switch"] as const;

function verbOf(step: BatchStep): typeof VERBS[number] | undefined {
  const verbs = VERBS.filter((verb) => typeof step === "object" && step !== null && verb in step);
  return verbs.length === 1 ? verbs[0] : undefined;
}

/** @throws {TypeError} */
function checkSteps(steps: readonly BatchStep[], place: readonly number[]): void {
  steps.forEach((step, at) => {
    const verb = verbOf(step);
    if (verb === undefined) {
      throw new TypeError(`Step ${[...place, at].map((n) => n + 1).join(".")} is none: one of ${VERBS.join(", ")}`);
    }
    if (!("switch" in step)) return;
    step.switch.forEach((branch, way) => checkSteps(branch.steps ?? [], [...place, at, way]));
  });
}

class Batch {
  readonly #dialog: Expect;
  readonly #options: ExpectCallOptions;
  readonly #results: BatchResult[];

  constructor(dialog: Expect, options: ExpectCallOptions, results: BatchResult[]) {
    this.#dialog = dialog;
    this.#options = options;
    this.#results = results;
  }

  async run(steps: readonly BatchStep[], outer: readonly number[]): Promise<void> {
    for (const [at, step] of steps.entries()) {
      const place = [...outer, at];
      try {
        if ("switch" in step) await this.#switch(step, place);
        else this.#results.push({ place, step, ...await this.#do(step) });
      } catch (error) {
        if (error instanceof BatchError) throw error;
        throw new BatchError(place, verbOf(step)!, [...this.#results], error);
      }
    }
  }

  async #do(step: Exclude<BatchStep, { switch: unknown }>): Promise<{ match?: Match }> {
    const { signal } = this.#options;
    if ("expect" in step) return { match: await this.#dialog.expect(step.expect, this.#optionsOf(step)) };
    if ("send" in step) await this.#dialog.send(step.send, { signal, hidden: step.hidden });
    else if ("sendLine" in step) await this.#dialog.sendLine(step.sendLine, { signal, hidden: step.hidden });
    else if ("sendControl" in step) await this.#dialog.sendControl(step.sendControl, { signal });
    else await this.#dialog.sendEof({ signal });
    return {};
  }

  #optionsOf({ timeout }: { timeout?: number }): ExpectCallOptions {
    return timeout === undefined ? this.#options : { ...this.#options, timeout };
  }

  async #switch(step: Extract<BatchStep, { switch: unknown }>, place: readonly number[]): Promise<void> {
    const patterns = step.switch.map(({ pattern }) => pattern);
    for (let again = true; again;) {
      const match = await this.#dialog.expect(patterns, this.#optionsOf(step));
      // What stands before and after every expect has no branch.
      const branch = match.list === "expect" ? step.switch[match.index]! : {} as Partial<BatchBranch>;
      if (branch.fail !== undefined) throw new Error(branch.fail);
      this.#results.push({ place, step, match });
      await this.run(branch.steps ?? [], [...place, match.index]);
      again = branch.again ?? false;
    }
  }
}
