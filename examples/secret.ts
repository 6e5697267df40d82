/** A password, from where no list of processes shows it. */
import { isTerminal, stty } from "../lib/terminals/mod.ts";

const LINE_END = 10;

/** That of the environment's `variable`; else what a person types behind `question`, unseen. */
export async function secret(question: string, variable: string): Promise<string> {
  const given = Deno.env.get(variable);
  if (given !== undefined) return given;
  if (!isTerminal(0)) throw new Error(`there is no terminal to ask for it: ${question} (or set ${variable})`);
  using _unseen = stty(0, "-echo");
  const line = await asked(question);
  // Nor is the end of the line seen.
  console.error();
  return line;
}

/** What a person at the terminal types behind `question`. */
export async function asked(question: string): Promise<string> {
  Deno.stderr.writeSync(new TextEncoder().encode(`${question} `));
  const bytes: number[] = [];
  for (const byte = new Uint8Array(1); await Deno.stdin.read(byte) !== null && byte[0] !== LINE_END;) {
    bytes.push(byte[0]!);
  }
  return new TextDecoder().decode(new Uint8Array(bytes)).trimEnd();
}
