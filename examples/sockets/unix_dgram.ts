// permissions: --allow-ffi={libc} --allow-read={1=dgramsock},{1=dgramsock}.client --allow-write={1=dgramsock},{1=dgramsock}.client --allow-net=unix:{/1=dgramsock},unix:{/1=dgramsock}.client
/**
 * `unix_dgram [PATH]`: sends a datagram from one Unix socket to another, PATH (`dgramsock`), which answers, and prints both.
 *
 * Only who has a name can be answered, so the client has a path too, PATH.client. Both files are gone at the end; one that is
 * there already is left alone, and is an error.
 */
import { type DatagramSocket, listenDatagram, type SocketAddress } from "../../lib/sockets/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** Milliseconds. */
const PATIENCE = 5_000;

const bytes = (text: string) => new TextEncoder().encode(text);

/** Receive a datagram, print it, and tell whom from it is. */
async function receive(socket: DatagramSocket): Promise<SocketAddress> {
  const [data, from] = await socket.receive(undefined, { timeout: PATIENCE });
  const [path, peer] = [socket.addr, from].map((address) => (address as Deno.UnixAddr).path);
  print(`${path} got '${new TextDecoder().decode(data)}' from ${peer}`);
  return from;
}

async function unixDgram(args: string[]): Promise<void> {
  if (args.length > 1 || args[0] === "") throw new UsageError();
  const path = args[0] ?? "dgramsock";
  using server = listenDatagram({ transport: "unixpacket", path });
  using client = listenDatagram({ transport: "unixpacket", path: `${path}.client` });
  await client.send(bytes("Are you there?"), server.addr);
  const from = await receive(server);
  await server.send(bytes("I am."), from);
  await receive(client);
}

await run({ name: "unix_dgram", usage: "[PATH]", main: unixDgram });
