/** The options of an example. */
import { parseArgs } from "node:util";
import { UsageError } from "./program.ts";

/** What an example was given. */
export interface Given {
  /** The arguments that are no options, and all that come behind `--`. */
  words: string[];
  /** The whole number behind each option that has one. */
  numbers: Record<string, number | undefined>;
  /** The options without a number that are there. */
  flags: Set<string>;
}

/**
 * The arguments of an example: `--name N` for each of `numbered`, `--name` for each of `flags`. They are best given last: the
 * launcher lets an example reach what its first words name.
 */
export function optionsIn(args: string[], numbered: string[], flags: string[] = []): Given {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries([
        ...numbered.map((name) => [name, { type: "string" as const }]),
        ...flags.map((name) => [name, { type: "boolean" as const }]),
      ]),
    });
    const texts = Object.entries(values).filter(([, value]) => typeof value === "string") as [string, string][];
    if (!texts.every(([, text]) => /^\d+$/.test(text))) throw new UsageError();
    return {
      words: positionals,
      numbers: Object.fromEntries(texts.map(([name, text]) => [name, Number(text)])),
      flags: new Set(Object.keys(values)),
    };
  } catch {
    throw new UsageError();
  }
}
