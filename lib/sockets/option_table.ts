/** Where the options of sockets are in the kernel's numbers, and how their values lie in memory. */
import { NETINET } from "../../ffi/abi/netinet_in.ts";
import { TCP } from "../../ffi/abi/netinet_tcp.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { membership, membership6, multicastInterface, multicastInterface6 } from "./memberships.ts";
import {
  type Codec,
  credentials,
  duration,
  failure,
  flag,
  integer,
  linger,
  reading,
  text,
  timeLimit,
} from "./option_codecs.ts";
import type { SocketOptions } from "./option_types.ts";

/** The kind of each option's value. */
const CODECS: { readonly [Name in keyof SocketOptions]: Codec<SocketOptions[Name]> } = {
  SO_ACCEPTCONN: reading(flag),
  SO_BINDTODEVICE: text,
  SO_BROADCAST: flag,
  SO_DEBUG: flag,
  SO_DONTROUTE: flag,
  SO_ERROR: failure,
  SO_KEEPALIVE: flag,
  SO_LINGER: linger,
  SO_OOBINLINE: flag,
  SO_PASSCRED: flag,
  SO_PEERCRED: credentials,
  SO_PRIORITY: integer,
  SO_RCVBUF: integer,
  SO_RCVLOWAT: integer,
  SO_RCVTIMEO: timeLimit,
  SO_REUSEADDR: flag,
  SO_REUSEPORT: flag,
  SO_SNDBUF: integer,
  SO_SNDTIMEO: timeLimit,
  IP_ADD_MEMBERSHIP: membership,
  IP_BIND_ADDRESS_NO_PORT: flag,
  IP_DROP_MEMBERSHIP: membership,
  IP_FREEBIND: flag,
  IP_MTU: reading(integer),
  IP_MULTICAST_ALL: flag,
  IP_MULTICAST_IF: multicastInterface,
  IP_MULTICAST_LOOP: flag,
  IP_MULTICAST_TTL: integer,
  IP_PKTINFO: flag,
  IP_RECVTOS: flag,
  IP_RECVTTL: flag,
  IP_TOS: integer,
  IP_TTL: integer,
  IPV6_JOIN_GROUP: membership6,
  IPV6_LEAVE_GROUP: membership6,
  IPV6_MTU: reading(integer),
  IPV6_MULTICAST_HOPS: integer,
  IPV6_MULTICAST_IF: multicastInterface6,
  IPV6_MULTICAST_LOOP: flag,
  IPV6_RECVHOPLIMIT: flag,
  IPV6_RECVPKTINFO: flag,
  IPV6_TCLASS: integer,
  IPV6_UNICAST_HOPS: integer,
  IPV6_V6ONLY: flag,
  TCP_CONGESTION: text,
  TCP_CORK: flag,
  TCP_DEFER_ACCEPT: duration(1_000),
  TCP_FASTOPEN: integer,
  TCP_KEEPCNT: integer,
  TCP_KEEPIDLE: duration(1_000),
  TCP_KEEPINTVL: duration(1_000),
  TCP_LINGER2: duration(1_000),
  TCP_MAXSEG: integer,
  TCP_NODELAY: flag,
  TCP_QUICKACK: flag,
  TCP_SYNCNT: integer,
  TCP_USER_TIMEOUT: duration(1),
  TCP_WINDOW_CLAMP: integer,
};

/** The level of an option, by how its name begins, and the numbers of that level. */
const LEVELS: readonly [prefix: string, level: number, numbers: Readonly<Record<string, number>>][] = [
  ["SO_", SOCKET.SOL_SOCKET, SOCKET],
  ["IP_", NETINET.IPPROTO_IP, NETINET],
  ["IPV6_", NETINET.IPPROTO_IPV6, NETINET],
  ["TCP_", NETINET.IPPROTO_TCP, TCP],
];

/** One option. */
export interface SocketOption<T> {
  readonly level: number;
  readonly number: number;
  readonly codec: Codec<T>;
}

/** The option with this name. @throws {TypeError} if there is none. */
export function socketOption<Name extends keyof SocketOptions>(name: Name): SocketOption<SocketOptions[Name]> {
  if (!Object.hasOwn(CODECS, name)) throw new TypeError(`There is no socket option ${JSON.stringify(name)}`);
  const [, level, numbers] = LEVELS.find(([prefix]) => name.startsWith(prefix))!;
  return { level, number: numbers[name]!, codec: CODECS[name] };
}
