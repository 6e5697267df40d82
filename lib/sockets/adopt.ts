/** What an inherited descriptor is. */
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { descriptorOf, socketNumber, type SocketSource } from "./descriptor.ts";

/** What {@linkcode socketType} has found. */
export interface SocketKind {
  /** Its family: `"unix"`, `"inet"`, `"inet6"`, `"netlink"`, `"packet"`, `"vsock"`; of any other its number in words. */
  domain: string;
  /** What it makes of what is sent: `"stream"`, `"datagram"`, `"seqpacket"`, `"raw"`; of any other its number in words. */
  type: string;
  /** The number of its protocol: 6 for TCP, 17 for UDP, 0 for Unix sockets. */
  protocol: number;
  /** Whether it listens for connections. */
  listening: boolean;
}

const DOMAINS = new Map<number, string>([
  [SOCKET.AF_UNIX, "unix"],
  [SOCKET.AF_INET, "inet"],
  [SOCKET.AF_INET6, "inet6"],
  [SOCKET.AF_NETLINK, "netlink"],
  [SOCKET.AF_PACKET, "packet"],
  [SOCKET.AF_VSOCK, "vsock"],
]);

const TYPES = new Map<number, string>([
  [SOCKET.SOCK_STREAM, "stream"],
  [SOCKET.SOCK_DGRAM, "datagram"],
  [SOCKET.SOCK_SEQPACKET, "seqpacket"],
  [SOCKET.SOCK_RAW, "raw"],
]);

/**
 * What socket a descriptor is, such as one that was inherited as standard input or from a supervisor. Nothing about it
 * changes, and it stays its owner's.
 *
 * @param socket The descriptor.
 * @returns Its family, its type, its protocol, and whether it listens.
 * @throws {SyscallError} `ENOTSOCK` if it is no socket, `EBADF` if a number is not open.
 * @throws {TypeError} if it is no descriptor.
 * @throws {RangeError} if it is a number, but no descriptor's.
 * @throws {ClosedError} if it is closed.
 * @example
 * ```ts
 * import { socketpair, socketType } from "@vasty/vasty";
 *
 * const [left, right] = socketpair({ type: "datagram" });
 * const { domain, type, listening } = socketType(left);
 * console.assert(domain === "unix" && type === "datagram" && !listening);
 * left.close();
 * right.close();
 * ```
 * @see socket(7), `SO_DOMAIN`, `SO_TYPE`, `SO_PROTOCOL`, `SO_ACCEPTCONN`
 */
export function socketType(socket: SocketSource): SocketKind {
  const fd = descriptorOf(socket);
  const domain = socketNumber(fd, SOCKET.SO_DOMAIN);
  const type = socketNumber(fd, SOCKET.SO_TYPE);
  return {
    domain: DOMAINS.get(domain) ?? `domain ${domain}`,
    type: TYPES.get(type) ?? `type ${type}`,
    protocol: socketNumber(fd, SOCKET.SO_PROTOCOL),
    listening: socketNumber(fd, SOCKET.SO_ACCEPTCONN) !== 0,
  };
}
