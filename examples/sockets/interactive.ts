// permissions: --allow-ffi={libc} --allow-net={1}
/**
 * `interactive HOST PORT`: connects to PORT of HOST, a number or a service, and copies standard input there and what comes from there to standard output, both at once.
 *
 * The end of standard input is passed on, and what still comes is printed. It ends when the server does.
 */
import { connect, type Connection, poll } from "../../lib/sockets/mod.ts";
import { hostPort } from "../host_port.ts";
import { printBytesMeanwhile, run, UsageError } from "../program.ts";

const STDIN = 0;

/** Print what comes, whatever it is and as soon as it is there, and call `onEnd` at the end. */
async function receive(remote: Connection, onEnd: () => void): Promise<void> {
  try {
    for await (const chunk of remote.readable) await printBytesMeanwhile(chunk);
  } finally {
    onEnd();
  }
}

/**
 * Send what is typed, and then the end. It waits before it reads: a read of a terminal cannot be given up, and would keep
 * the program there until the next line.
 */
async function send(remote: Connection, signal: AbortSignal): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      await poll([STDIN], { signal });
      const count = Deno.stdin.readSync(buffer);
      if (count === null) return await remote.closeWrite();
      await remote.write(buffer.subarray(0, count), { signal });
    }
  } catch (error) {
    // What the server has made of it the other direction knows.
    const gone = error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected;
    if (!signal.aborted && !gone) throw error;
  }
}

async function interactive(args: string[]): Promise<void> {
  const [name, service] = args;
  if (name === undefined || args.length > 2) throw new UsageError();
  const { host, port = service } = hostPort(name);
  // One port, no less and no more.
  if (port === undefined || (service !== undefined && port !== service)) throw new UsageError();
  using remote = await connect({ host, port });
  console.error(`[Connected to ${args.join(":")}]`);
  const ended = new AbortController();
  await Promise.all([receive(remote, () => ended.abort()), send(remote, ended.signal)]);
}

await run({ name: "interactive", usage: "HOST PORT", main: interactive });
