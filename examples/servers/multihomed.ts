// permissions: --allow-ffi={libc} --allow-net
/**
 * `multihomed ADDRESS...`: serves TCP and UDP at each ADDRESS, and tells each client which of them it came to: `you came to
 * ADDRESS:PORT`, which it prints too.
 *
 * An ADDRESS may have its port: `192.0.2.1:8080`, `[::1]:8080`; it is 2345 otherwise. At `0.0.0.0` it is the machine's address
 * that the client has used. For port 0 the kernel chooses one, the same for TCP and UDP.
 */
import { type Client, serve, type ServeAddress } from "../../lib/servers/mod.ts";
import { listen, type Listener } from "../../lib/sockets/mod.ts";
import { run, UsageError } from "../program.ts";
import { addressText, type Place, portNumber, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("multihomed");

/** `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT`, or an address of IPv6 alone. */
function placeAt(text: string): Place {
  const [, six, four, port = "2345"] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [, text];
  return { hostname: (six ?? four)!, port: portNumber(port) };
}

/** One of TCP, and one of UDP with the same port. */
async function both(place: Place): Promise<[Listener, ServeAddress]> {
  const listener = await listen(place);
  const { hostname, port } = listener.addr as Deno.NetAddr;
  return [listener, { transport: "udp", hostname, port }];
}

function told({ local }: Client): string {
  const text = `you came to ${addressText(local)}`;
  program.print(text);
  return text;
}

async function multihomed(args: string[]): Promise<void> {
  if (args.length === 0 || args.some((arg) => arg.startsWith("-"))) throw new UsageError();
  const addresses = await Promise.all(args.map(placeAt).map(both));
  const server = await serve(addresses.flat(), {
    stream: (connection, client) => connection.writeLine(told(client)),
    datagram: async (datagram, client) => void await datagram.reply(new TextEncoder().encode(told(client))),
  }, program.options());
  await program.run(server);
}

await run({ name: program.name, usage: "ADDRESS...", main: multihomed });
