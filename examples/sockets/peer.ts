// permissions: --allow-ffi={libc} --allow-net --allow-read={1} --allow-write={1}
/**
 * `peer HOST PORT | PATH`: connects, and tells who is at the other end: `NAME [ADDRESS]:PORT checked`, or `pid N uid N gid N` of a Unix socket.
 *
 * The name is the one that belongs to the address, and is `checked` if the address belongs to the name as well: anybody may
 * call his address by another's name. HOST may be `HOST:PORT`; what has a slash in it, or no port, is a path. The address is
 * known only afterwards, so permission for the network is not narrowed.
 */
import { type CheckedName, checkedName, connect, type InetAddress, peerCredentials } from "../../lib/sockets/mod.ts";
import { type HostPort, hostPort } from "../host_port.ts";
import { print, run, UsageError } from "../program.ts";

/** Milliseconds. */
const PATIENCE = 10_000;

/** The name of `address`, which is the address itself if nobody could be asked. */
async function nameOf(address: InetAddress): Promise<CheckedName> {
  try {
    return await checkedName(address, { timeout: PATIENCE });
  } catch (error) {
    console.error(`peer: ${(error as Error).message}`);
    return { name: address.hostname, checked: false };
  }
}

async function onNetwork({ host, port }: HostPort): Promise<string> {
  using connection = await connect({ host, port, timeout: PATIENCE });
  const address = connection.remoteAddr as InetAddress;
  const { name, checked } = await nameOf(address);
  return `${name} [${address.hostname}]:${address.port} ${checked ? "checked" : "unchecked"}`;
}

async function atPath(path: string): Promise<string> {
  using connection = await connect({ path, timeout: PATIENCE });
  const { pid, uid, gid } = peerCredentials(connection);
  return `pid ${pid} uid ${uid} gid ${gid}`;
}

async function peer(args: string[]): Promise<void> {
  const [first, service] = args;
  if (!first || args.length > 2) throw new UsageError();
  const place = first.includes("/") ? undefined : hostPort(first, service);
  if (service !== undefined && place?.port !== service) throw new UsageError();
  print(place?.port === undefined ? await atPath(first) : await onNetwork(place));
}

await run({ name: "peer", usage: "HOST PORT | PATH", main: peer });
