/** A person at a terminal, with a shell of one job, in which programs run that use the library: see programs/terminal.py. */
import { denoCommand, repository } from "../support/mod.ts";

/** Debian's python3, and not another one that comes first in PATH. */
const PYTHON = "/usr/bin/python3";

/** How the program is started. */
export interface AtTerminal {
  /** Whether it is a job of a shell; otherwise it is in an orphaned group, where nothing stops it. */
  job?: boolean;
  flags?: string[];
}

/** What a person can do; each answers with what has come of it. */
export type Ask = (
  command: "bg" | "ended" | "expect" | "fg" | "hangup" | "kill" | "path" | "stopped" | "stty" | "type",
  ...words: string[]
) => Promise<string>;

/** Run `source` in a terminal, as denoSource() does, for as long as `person` is there. */
export async function atTerminal(
  source: string,
  person: (ask: Ask) => Promise<void>,
  { job = true, flags = [] }: AtTerminal = {},
): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const root = new URL("../../", import.meta.url).href;
  await Deno.writeTextFile(file, source.replaceAll(/(["'])vasty\//g, `$1${root}`));
  await using shell = new Deno.Command(PYTHON, {
    args: [repository("tests/terminals/programs/terminal.py"), job ? "job" : "leader", ...denoCommand(file, { flags })],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = shell.stdin.getWriter();
  const reader = shell.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    await person(async (...command) => {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
      while (!rest.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The terminal has ended at ${command}`);
        rest += value;
      }
      const end = rest.indexOf("\n");
      const answer = JSON.parse(rest.slice(0, end));
      rest = rest.slice(end + 1);
      return answer;
    });
  } finally {
    // Whoever is left at the terminal ends with it.
    await writer.close().catch(() => {});
    await reader.cancel();
    await shell.status;
    await Deno.remove(file);
  }
}
