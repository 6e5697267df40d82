// permissions: --allow-ffi={libc} --allow-read --allow-run=/bin/sh
/**
 * `diamond [-n] [FILE | "CMD|" | -]...`: prints the lines of files, of commands' output and of standard input, in order; `-n` numbers them.
 *
 * A FILE or CMD that fails is reported, and the rest goes on. The arguments cannot be listed in the permissions: they may
 * be commands, with commas in them, at which Deno splits such a list.
 */
import { diamond, ExitError } from "../../lib/processes/mod.ts";
import { print, printBytes, run } from "../program.ts";

async function main(args: string[]): Promise<number> {
  const numbered = args[0] === "-n";
  let code = 0;
  const onError = (error: unknown, file: string) => {
    if (!(error instanceof Error)) throw error;
    const problem = error instanceof ExitError ? `bad ${file.slice(0, -1)}: ${error.status}` : error.message;
    console.error(`diamond: ${problem}`);
    code = 1;
  };
  const encoder = new TextEncoder();
  for await (
    const { file, line, end, number } of diamond(numbered ? args.slice(1) : args, { commands: true, onError })
  ) {
    if (numbered) print(`${file}:${number}:${line}`);
    else printBytes(encoder.encode(line + end));
  }
  return code;
}

await run({ name: "diamond", usage: '[-n] [FILE | "CMD|" | -]...', main });
