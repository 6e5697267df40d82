/** The options of an example. */
import { parseArgs } from "node:util";
import { UsageError } from "./program.ts";

/** What an example was given. */
export interface Given {
  /** The arguments that are no options, and all that come behind `--`. */
  words: string[];
  /** The whole number behind each option that has one. */
  numbers: Record<string, number | undefined>;
  /** The text behind each option that has one, those of `numbers` among them. */
  texts: Record<string, string | undefined>;
  /** The options that are there. */
  flags: Set<string>;
}

/**
 * The arguments of an example: `--name N` for each of `numbered`, `--name` for each of `flags`, `--name TEXT` for each of
 * `worded`; one that is called `name|n` is `-n` as well. They are best given last: the launcher lets an example reach what its
 * first words name.
 */
export function optionsIn(args: string[], numbered: string[], flags: string[] = [], worded: string[] = []): Given {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries([
        ...[...numbered, ...worded].map((name) => option(name, "string")),
        ...flags.map((name) => option(name, "boolean")),
      ]),
    });
    const texts = Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    const numbers = texts.filter(([name]) => numbered.includes(name));
    if (!numbers.every(([, text]) => /^\d+$/.test(text))) throw new UsageError();
    return {
      words: positionals,
      numbers: Object.fromEntries(numbers.map(([name, text]) => [name, Number(text)])),
      texts: Object.fromEntries(texts),
      flags: new Set(Object.keys(values)),
    };
  } catch {
    throw new UsageError();
  }
}

function option(name: string, type: "string" | "boolean"): [string, { type: typeof type; short?: string }] {
  const [long, short] = name.split("|");
  return [long!, short === undefined ? { type } : { type, short }];
}
