// permissions: --allow-ffi={libc} --allow-run --allow-write --allow-env=SHELL,TERM
/**
 * `record [-o FILE] CMD...`: runs CMD on a terminal of its own, joined with this one, records what it shows in FILE (`recording.cast`), and ends with its exit code.
 *
 * FILE is an asciicast, which `play` shows again, and asciinema too; one that is there is replaced. A CMD that a signal has killed
 * gives the exit code that a shell would show: 128 and the signal's number. Without a terminal as standard input its end is the end of
 * what CMD reads.
 */
import { Expect, interact, recordAsciicast, spawnPty } from "../../lib/terminals/mod.ts";
import { run, UsageError } from "../program.ts";

/** As large as the terminal that it is shown on; 80 by 24 where there is none. */
function size(): { rows: number; cols: number } {
  try {
    const { rows, columns } = Deno.consoleSize();
    return rows > 0 && columns > 0 ? { rows, cols: columns } : { rows: 24, cols: 80 };
  } catch {
    return { rows: 24, cols: 80 };
  }
}

async function record(args: string[]): Promise<number> {
  const [file, command] = args[0] === "-o" ? [args[1], args.slice(2)] : ["recording.cast", args];
  if (!file || !command[0] || command[0].startsWith("-")) throw new UsageError();
  const TERM = Deno.env.get("TERM") || "xterm-256color";
  const child = spawnPty(command, { ...size(), env: { TERM } });
  const recorded = recordAsciicast(child, file, {
    command: command.join(" "),
    env: { SHELL: Deno.env.get("SHELL") ?? "", TERM },
  });
  await using dialog = new Expect(recorded);
  try {
    await interact(dialog, { escape: null, inputEnd: "pass" });
  } catch (error) {
    // As a shell shows an end by SIGPIPE: nobody looks on any more.
    if (error instanceof Deno.errors.BrokenPipe) return 141;
    throw error;
  }
  const { code, raw } = await child.status;
  return code ?? 128 + (raw & 0x7f);
}

await run({ name: "record", usage: "[-o FILE] CMD...", main: record });
