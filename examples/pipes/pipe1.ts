// permissions: --allow-ffi={libc} --allow-run={deno}
/**
 * `pipe1`: talks to a child of its own over two pipes, one for each direction; both print what they read.
 */
import { readLines } from "../../lib/core/mod.ts";
import { openSelf } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** The child: its standard input and output are the pipes, and its standard error output is the parent's output. */
export async function kid(): Promise<void> {
  for await (const line of readLines(Deno.stdin.readable)) {
    console.error(`Child Pid ${Deno.pid} just read this: '${line}'`);
    console.log(`Child Pid ${Deno.pid} is sending this`);
  }
}

async function parent(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  await using child = openSelf("both", import.meta.url, "kid", [], { stderr: 1 });
  const answers = readLines(child.stdout);
  await child.write(`Parent Pid ${Deno.pid} is sending this\n`);
  print(`Parent Pid ${Deno.pid} just read this: '${(await answers.next()).value}'`);
  await child.close();
}

if (import.meta.main) await run({ name: "pipe1", usage: "", main: parent });
