// permissions: --allow-ffi={libc} --allow-run={deno}
/**
 * `pipe2`: talks to a child of its own over one pair of sockets, which goes both ways; both print what they read.
 */
import { readLines } from "../../lib/core/mod.ts";
import { socketpair } from "../../lib/pipes/mod.ts";
import { openSelf } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** The child: its standard input and output are one socket, and its standard error output is the parent's output. */
export async function kid(): Promise<void> {
  for await (const line of readLines(Deno.stdin.readable)) {
    console.error(`Child Pid ${Deno.pid} just read this: '${line}'`);
    console.log(`Child Pid ${Deno.pid} is sending this`);
  }
}

async function parent(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  const [ours, theirs] = socketpair();
  using _ours = ours;
  await using child = openSelf("none", import.meta.url, "kid", [], { stdin: theirs.fd, stdout: theirs.fd, stderr: 1 });
  theirs.close();
  const answers = readLines(ours.readable);
  const writer = ours.writable.getWriter();
  await writer.write(new TextEncoder().encode(`Parent Pid ${Deno.pid} is sending this\n`));
  print(`Parent Pid ${Deno.pid} just read this: '${(await answers.next()).value}'`);
  await writer.close();
  await child.close();
}

if (import.meta.main) await run({ name: "pipe2", usage: "", main: parent });
