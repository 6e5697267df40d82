// permissions: --allow-ffi={libc} --allow-run={deno},cat
/**
 * `pass_fd`: passes its standard input, an open file, to a child over a Unix datagram socket; the child, which has the file
 * from nowhere else, has it read.
 */
import { socketpair } from "../../lib/pipes/mod.ts";
import { openSelf, run as runCommand } from "../../lib/processes/mod.ts";
import { receiveFds, sendFds } from "../../lib/sockets/mod.ts";
import { print, run, UsageError } from "../program.ts";

const TIMEOUT = 10_000;

/** The child: its standard input is the socket. */
export async function kid(): Promise<void> {
  const { data, fds, truncated } = await receiveFds(0, { maxFds: 1, timeout: TIMEOUT });
  using file = fds[0];
  if (file === undefined || truncated) throw new Error("no descriptor came");
  print(`process ${Deno.pid} got "${new TextDecoder().decode(data)}" and descriptor ${file.number}:`);
  await runCommand(["cat"], { stdin: file });
}

async function passFd(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  const [ours, theirs] = socketpair({ type: "datagram" });
  using _ours = ours;
  await using child = openSelf("none", import.meta.url, "kid", [], {
    stdin: theirs.fd,
    permissions: { run: ["cat"] },
  });
  theirs.close();
  await sendFds(ours, [0], new TextEncoder().encode(`from process ${Deno.pid}`), { timeout: TIMEOUT });
  await child.close();
}

if (import.meta.main) await run({ name: "pass_fd", usage: "", main: passFd });
