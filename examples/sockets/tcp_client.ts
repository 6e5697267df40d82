// permissions: --allow-ffi={libc} --allow-net={1=localhost:2345}
/**
 * `tcp_client [HOST [PORT or SERVICE] [--timeout MS] [--bind ADDRESS]]`: connects to HOST (`localhost`) and prints what comes, until the end.
 *
 * The port is 2345, unless it is named by a number, by a service, or as `HOST:PORT`. Connecting takes MS at most, and
 * comes from ADDRESS of this machine.
 */
import { connect, type ConnectTcpOptions, port as portOf } from "../../lib/sockets/mod.ts";
import { hostPort } from "../host_port.ts";
import { optionsIn } from "../options.ts";
import { printBytes, run, UsageError } from "../program.ts";

/** The number of a port or a service that there is. */
function portNumber(service: number | string): number {
  try {
    const number = portOf(service);
    if (number > 0) return number;
  } catch { /* there is none */ }
  throw new Error("No port");
}

async function connected(options: ConnectTcpOptions & { host: string }) {
  try {
    return await connect(options);
  } catch (error) {
    const { code, message } = error as Error & { code?: unknown };
    // The resolver's codes have names of their own.
    const unknown = typeof code === "string" && code.startsWith("EAI_");
    throw new Error(unknown ? `no host: ${options.host}` : `connect: ${message}`);
  }
}

async function tcpClient(args: string[]): Promise<void> {
  const { words, numbers: { timeout }, texts: { bind } } = optionsIn(args, ["timeout"], [], ["bind"]);
  const [name = "localhost", service, ...more] = words;
  const { host, port = service ?? 2345 } = hostPort(name);
  // The launcher lets this program reach what its first word names.
  if (args[0]?.startsWith("-") || more.length > 0) throw new UsageError();
  if (service !== undefined && port !== service) throw new UsageError();
  using remote = await connected({ host, port: portNumber(port), localAddress: bind, timeout });
  for await (const chunk of remote.readable) printBytes(chunk);
}

await run({
  name: "tcp_client",
  usage: "[HOST [PORT or SERVICE] [--timeout MS] [--bind ADDRESS]]",
  main: tcpClient,
});
