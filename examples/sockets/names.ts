// permissions: --allow-ffi={libc} --allow-net
/**
 * `names`: packs names of sockets and unpacks them, and has a TCP pair and a Unix pair talk by the calls alone: socket, bind, listen, accept
 * and connect. The kernel chooses a port for the one, and for the other a name that is in no file system.
 */
import {
  inetAton,
  inetNtoa,
  packSockaddrIn,
  packSockaddrUn,
  type Socket,
  socket,
  type SocketAddress,
  unpackSockaddrIn,
  unpackSockaddrUn,
} from "../../lib/sockets/mod.ts";
import { print, run, UsageError } from "../program.ts";

const PATH = "/run/names.socket";
/** The ways to write an address that inet_aton(3) reads. */
const WAYS = ["127.0.0.1", "127.1", "0x7f.0.0.1", "0177.1", "2130706433"];

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

function pack(): void {
  for (const way of WAYS) print(`inet_aton ${way}: ${hex(inetAton(way)!)} is ${inetNtoa(inetAton(way)!)}`);
  const internet = packSockaddrIn(13, inetAton("127.1")!);
  const [port, address] = unpackSockaddrIn(internet);
  print(`sockaddr_in: ${hex(internet)} is ${inetNtoa(address)} port ${port}`);
  const unix = packSockaddrUn(PATH);
  print(`sockaddr_un: ${hex(unix)} is ${unpackSockaddrUn(unix)}`);
}

/** A line from a client to a server that is called `name`. */
async function talk(kind: string, make: () => Socket, name: SocketAddress): Promise<void> {
  using listener = make();
  listener.bind(name);
  listener.listen();
  using client = make();
  await client.connect(listener.getsockname());
  using server = (await listener.accept()).socket;
  const line = new TextEncoder().encode(`hello over ${kind}`);
  await client.send(line);
  print(new TextDecoder().decode(await server.recv(100) as Uint8Array));
}

async function names(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  pack();
  await talk("TCP", () => socket("PF_INET", "SOCK_STREAM", "tcp"), { hostname: "127.0.0.1", port: 0 });
  await talk("a Unix socket", () => socket("PF_LOCAL", "SOCK_STREAM"), { path: "" });
}

await run({ name: "names", usage: "", main: names });
