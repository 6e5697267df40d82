// permissions: --allow-ffi={libc} --allow-net={1}
/**
 * `talk HOST PORT [--timeout MS] [--dot]`: sends each line of standard input, with CRLF behind it, prints the line that comes in answer, and at the end what still comes.
 *
 * With `--dot` all of standard input is one message that ends with a lone dot, and so are the answers. The port is a number or a
 * service, or part of `HOST:PORT`. What takes longer than MS (10000) has stalled.
 */
import { readLines } from "../../lib/core/mod.ts";
import { connect, type Connection } from "../../lib/sockets/mod.ts";
import { hostPort } from "../host_port.ts";
import { optionsIn } from "../options.ts";
import { print, run, UsageError } from "../program.ts";

/** A line for a line, however many packets either comes in. */
async function talkInLines(remote: Connection, timeout: number): Promise<void> {
  for await (const line of readLines(Deno.stdin.readable)) {
    await remote.writeLine(line, { timeout });
    const answer = await remote.readLine({ timeout });
    if (answer === null) return;
    print(answer);
  }
  await remote.closeWrite();
  for await (const line of remote.readLines({ timeout })) print(line);
}

/** A message for a message; lines that begin with a dot are told from its end by another dot, of which nobody sees anything. */
async function talkInMessages(remote: Connection, timeout: number): Promise<void> {
  await remote.writeDotLines(await Array.fromAsync(readLines(Deno.stdin.readable)), { timeout });
  try {
    for (const line of await remote.readDotLines({ timeout })) print(line);
  } catch (error) {
    // What came before the end was no message, but may say why.
    if (error instanceof Deno.errors.UnexpectedEof) { for await (const line of remote.readLines()) print(line); }
    throw error;
  }
}

async function talk(args: string[]): Promise<number> {
  const { words: [name, service, ...more], numbers: { timeout = 10_000 }, flags } = optionsIn(args, ["timeout"], [
    "dot",
  ]);
  // The launcher lets this program reach what its first word names.
  if (name === undefined || args[0]!.startsWith("-") || more.length > 0) throw new UsageError();
  const { host, port } = hostPort(name, service);
  if (port === undefined || (service !== undefined && port !== service)) throw new UsageError();
  await using remote = await connect({ host, port, timeout });
  try {
    await (flags.has("dot") ? talkInMessages : talkInLines)(remote, timeout);
    return 0;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
    console.error(`talk: timed out after ${remote.bytesRead} bytes`);
    return 1;
  }
}

await run({ name: "talk", usage: "HOST PORT [--timeout MS] [--dot]", main: talk });
