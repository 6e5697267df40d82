// permissions: --allow-ffi={libc} --allow-net={1}
/**
 * `udp_client HOST PORT TEXT... [--timeout MS]`: sends TEXT to a server of UDP in one datagram, and prints its answer.
 *
 * The port is a number or a service, or part of `HOST:PORT`. An answer that has not come within MS (5000) does not come: UDP may
 * have lost it, or the question. TEXT that begins with a dash comes behind `--`.
 */
import { connect, type ConnectUdpOptions, type DatagramSocket } from "../../lib/sockets/mod.ts";
import { hostPort } from "../host_port.ts";
import { optionsIn } from "../options.ts";
import { print, run, UsageError } from "../program.ts";

/** Most servers of UDP have an IPv4 address alone, and that nobody is at the other one is heard too late. */
async function connected(place: ConnectUdpOptions): Promise<DatagramSocket> {
  try {
    return await connect({ ...place, family: "AF_INET" });
  } catch {
    return await connect(place);
  }
}

async function udpClient(args: string[]): Promise<number> {
  const { words: [name, ...words], numbers: { timeout = 5_000 } } = optionsIn(args, ["timeout"]);
  // The launcher lets this program reach what its first word names.
  if (name === undefined || args[0]!.startsWith("-")) throw new UsageError();
  const { host, port = words.shift() } = hostPort(name);
  if (port === undefined || words.length === 0) throw new UsageError();
  using socket = await connected({ transport: "udp", host, port, timeout });
  await socket.send(new TextEncoder().encode(words.join(" ")));
  try {
    const [answer] = await socket.receive(undefined, { timeout });
    print(new TextDecoder().decode(answer));
    return 0;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
    console.error(`udp_client: ${name} has not answered within ${timeout} ms`);
    return 1;
  }
}

await run({ name: "udp_client", usage: "HOST PORT TEXT... [--timeout MS]", main: udpClient });
