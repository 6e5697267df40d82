/** Texts of fortune(6), or its like where there is none. */
import { capture } from "../lib/processes/mod.ts";

const FORTUNES = [
  "Measure twice, cut once.",
  "A watched pot never boils, but it is seen when it does.",
  "He who asks is a fool for five minutes; he who does not ask remains one.",
  "Many hands make light work, and too many cooks spoil the broth.",
  "The shortest way round is often the longest way home.",
  "What can be said in one line needs no second.",
];

const COMMAND = ["/usr/games/fortune", "-s"];

async function fortune(): Promise<string | undefined> {
  try {
    return (await capture(COMMAND)).stdout;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The command that prints one, if it is there; otherwise it is told on standard error. */
export async function fortuneProgram(name: string): Promise<string[] | undefined> {
  if (await fortune() !== undefined) return COMMAND;
  console.error(`${name}: no /usr/games/fortune here, so one of its own`);
  return undefined;
}

/** One of its own. */
export function ownFortune(): string {
  return FORTUNES[Math.floor(Math.random() * FORTUNES.length)]!;
}

/** What gives a fortune at each call, never the same as the one before. `name` is that of the example, which says where there is none. */
export async function fortunes(name: string): Promise<() => Promise<string> | string> {
  if (await fortuneProgram(name) !== undefined) return async () => await fortune() ?? "";
  let last = Math.floor(Math.random() * FORTUNES.length);
  return () => {
    last = (last + 1 + Math.floor(Math.random() * (FORTUNES.length - 1))) % FORTUNES.length;
    return `${FORTUNES[last]}\n`;
  };
}
