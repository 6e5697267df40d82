// permissions: --allow-ffi={libc} --allow-run=/bin/sh
/**
 * `open3`: writes `stuff` to a command that answers on standard output and on standard error, and prints both.
 *
 * Both are read at once, so neither can fill its pipe and stop the command while the other is waited for.
 */
import { type ByteStream, readLines } from "../../lib/core/mod.ts";
import { open3, shell } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

const COMMAND = shell('cat -un; echo "no more stuff" >&2');

async function show(name: string, stream: ByteStream): Promise<void> {
  for await (const line of readLines(stream)) print(`${name}: ${line}`);
}

async function main(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  await using three = open3(COMMAND);
  three.write("stuff\n");
  // Its end is what lets `cat` end.
  three.stdin.close().catch(() => {});
  await Promise.all([show("out", three.stdout), show("err", three.stderr)]);
  await three.close();
}

await run({ name: "open3", usage: "", main });
