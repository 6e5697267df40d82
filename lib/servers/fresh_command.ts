/** The words that start this program's code as it is now. */
import { type Command, ownCommand } from "../processes/mod.ts";

/** Flags that decide what is fetched already. */
const DECIDED = /^(-\w*r|--(reload|no-remote|cached-only))(=|$)/;

/**
 * The command that starts this program again. What was started by URL is fetched anew: Deno would take its code from its cache, as
 * it was. What starts by `ownCommand` afterwards has the new code, and asks nobody for it.
 *
 * @throws as `ownCommand` does.
 */
export function freshCommand(args: readonly string[]): Command {
  return withReload(ownCommand(args), args.length, Deno.mainModule);
}

/** A command whose last `count` words are the arguments of `module`. */
export function withReload(command: Command, count: number, module: string): Command {
  const { origin, protocol } = new URL(module);
  const [deno, subcommand, ...words] = command;
  const flags = words.slice(0, words.length - count);
  if (!/^https?:$/.test(protocol) || subcommand !== "run" || flags.some((word) => DECIDED.test(word))) return command;
  return [deno!, subcommand, `--reload=${origin}`, ...words];
}
