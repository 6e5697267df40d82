/** Making datagram sockets. */
import { withoutBrackets } from "./address.ts";
import { inetPton } from "./inet.ts";
import { removeWith } from "./datagram_base.ts";
import { DatagramSocket } from "./datagram_socket.ts";
import { askForInfo } from "./packet_info.ts";
import { type Socket, socket } from "./socket.ts";
import { bindPath, SocketFile } from "./socket_file.ts";
import { requireAddress } from "./socket_permissions.ts";

/** A socket of UDP, as `Deno.UdpListenOptions` has it. */
export interface UdpListenOptions {
  /** What it is. */
  transport: "udp";
  /** From 0 to 65535; the kernel chooses one for 0. */
  port: number;
  /** An address of this machine, of IPv4 or IPv6 (also in brackets), and no name. @default {"0.0.0.0"} */
  hostname?: string;
  /** The interface of an address of IPv6 that counts on one link alone, as {@linkcode InetAddress} has it. */
  scope?: number | string;
  /** Whether other sockets may be bound to the port as well: `SO_REUSEADDR`; all of them get multicast. @default {false} */
  reuseAddress?: boolean;
  /** Whether others of this user share what comes, each getting a part: `SO_REUSEPORT`. @default {false} */
  reusePort?: boolean;
  /** Whether multicast that it sends is heard on this machine too. @default {false} */
  loopback?: boolean;
  /** Whether it may send to broadcast addresses. @default {true} */
  broadcast?: boolean;
  /** Whether the kernel tells of every datagram where it was sent to, from the first one on. @default {false} */
  destination?: boolean;
}

/** A Unix socket, as Deno has it. */
export interface UnixDatagramOptions {
  /** What it is. */
  transport: "unixpacket";
  /**
   * A path of at most 107 bytes; an abstract name, which begins with a NUL character; or nothing, for which the kernel makes
   * up an abstract name, so that a client can be answered.
   * @default {""}
   */
  path?: string;
}

/**
 * Make a datagram socket with a name, as `Deno.listenDatagram` does, without an unstable flag: for servers and for clients.
 *
 * @param options What, and where.
 * @returns The socket, which the caller closes. With it goes the file that a path has made; one that a socket has left behind
 *   that nobody has any more is replaced, for which it blocks for 0.3 s at most if the folder is locked by flock(2).
 * @throws {SyscallError} `EADDRINUSE` if another has the address, also if there is a file that is no stale socket's (the
 *   error names it); `EADDRNOTAVAIL` if it is no address of this machine, `EACCES` for a port or a folder that is not for everybody,
 *   `ENOENT` if there is no such folder, `EMFILE`.
 * @throws {TypeError} if the transport is another, the hostname no address, or an option is of another type.
 * @throws {RangeError} if the port is none, or the path longer than 107 bytes.
 * @throws {Deno.errors.NotCapable} without leave for the network there, or for the path.
 * @example
 * ```ts
 * import { listenDatagram } from "@vasty/vasty";
 *
 * const folder = Deno.makeTempDirSync();
 * using server = listenDatagram({ transport: "unixpacket", path: `${folder}/log` });
 * using client = listenDatagram({ transport: "unixpacket" });
 * await client.send(new TextEncoder().encode("<13>hello"), server.addr);
 * const [bytes, from] = await server.receive();
 * console.assert(bytes.length === 9);
 * await server.send(new TextEncoder().encode("ok"), from);
 * console.assert((await client.receive())[0].length === 2);
 * server.close();
 * Deno.removeSync(folder); // which is empty
 * ```
 * @see udp(7), unix(7)
 */
export function listenDatagram(options: UdpListenOptions | UnixDatagramOptions): DatagramSocket {
  const { transport } = options;
  if (transport === "unixpacket") return unixSocket(options.path ?? "");
  if (transport === "udp") return udpSocket(options);
  throw new TypeError(`A transport of datagrams is "udp" or "unixpacket", not ${JSON.stringify(transport)}`);
}

function unixSocket(path: string): DatagramSocket {
  if (typeof path !== "string") throw new TypeError(`A path is a string, not ${Deno.inspect(path)}`);
  const made = socket("PF_UNIX", "SOCK_DGRAM");
  const listening = orClose(made, () => {
    requireAddress({ path });
    if (path === "" || path.startsWith("\0")) made.bind({ path });
    else bindPath(made.fd, path, "bind to");
    return new DatagramSocket(made);
  });
  if (path !== "" && !path.startsWith("\0")) removeWith(listening, new SocketFile(path));
  return listening;
}

function udpSocket(options: UdpListenOptions): DatagramSocket {
  const { hostname: given = "0.0.0.0", port, scope, reuseAddress = false, reusePort = false } = options;
  const { loopback = false, broadcast = true, destination = false } = options;
  const hostname = withoutBrackets(given);
  const isSix = inetPton("AF_INET6", String(hostname).replace(/%.*$/s, "")) !== undefined;
  const made = socket(isSix ? "PF_INET6" : "PF_INET", "SOCK_DGRAM");
  return orClose(made, () => {
    made.setOption("SO_REUSEADDR", reuseAddress);
    made.setOption("SO_REUSEPORT", reusePort);
    made.setOption("SO_BROADCAST", broadcast);
    // One of IPv6 sends to groups of IPv4 too.
    made.setOption("IP_MULTICAST_LOOP", loopback);
    if (isSix) made.setOption("IPV6_MULTICAST_LOOP", loopback);
    if (destination) askForInfo(made);
    made.bind({ hostname, port, scope });
    return new DatagramSocket(made);
  });
}

function orClose(made: Socket, finish: () => DatagramSocket): DatagramSocket {
  try {
    return finish();
  } catch (error) {
    made.close();
    throw error;
  }
}
