/** Which options there are, and what their values are. */
import type { MulticastGroup, MulticastGroup6 } from "./memberships.ts";
import type { Credentials } from "./credentials.ts";

/**
 * The options of sockets by name, and the type of each. Times are milliseconds; where the kernel counts seconds they are
 * rounded up.
 *
 * @see socket(7), ip(7), ipv6(7), tcp(7)
 */
export interface SocketOptions {
  /** Whether it listens. */
  SO_ACCEPTCONN: boolean;
  /** The interface that it is bound to by name; `""` for none. */
  SO_BINDTODEVICE: string;
  /** Datagrams may go to broadcast addresses. */
  SO_BROADCAST: boolean;
  /** Debugging in the kernel is on. */
  SO_DEBUG: boolean;
  /** Nothing goes by way of a gateway. */
  SO_DONTROUTE: boolean;
  /** The error that is pending, by its name; reading clears it. */
  SO_ERROR: string | undefined;
  /** A silent peer is asked whether it is still there. */
  SO_KEEPALIVE: boolean;
  /**
   * Milliseconds that the kernel goes on sending after the last `close()`, in whole seconds; 0 resets the connection instead;
   * `false` is the usual way: it sends in the background. A `close()` of ours never waits, as the socket never blocks.
   */
  SO_LINGER: number | false;
  /** Urgent data comes among the other data. */
  SO_OOBINLINE: boolean;
  /** Messages of a Unix socket come with who has sent them: `SCM_CREDENTIALS` of `recvmsg()`. */
  SO_PASSCRED: boolean;
  /** Who is at the other end of a connected Unix socket. */
  SO_PEERCRED: Credentials;
  /** The priority of what is sent. */
  SO_PRIORITY: number;
  /**
   * Bytes of the buffer for what comes. The kernel doubles what is set, for its own needs, and that is what is
   * read.
   */
  SO_RCVBUF: number;
  /** Bytes that must be there before it is readable. */
  SO_RCVLOWAT: number;
  /**
   * Milliseconds that a program waits that gets it and receives blocking; `Infinity` for no limit. The methods here go by `timeout`
   * alone.
   */
  SO_RCVTIMEO: number;
  /** `bind()` may take an address of which old connections are left. */
  SO_REUSEADDR: boolean;
  /** Several sockets may be bound to the same address. */
  SO_REUSEPORT: boolean;
  /** Bytes of the buffer for what is sent, doubled as with `SO_RCVBUF`. */
  SO_SNDBUF: number;
  /** The same as `SO_RCVTIMEO` for sending. */
  SO_SNDTIMEO: number;
  /** Join a multicast group. */
  IP_ADD_MEMBERSHIP: MulticastGroup;
  /** The port is not chosen by `bind()` with port 0, but by `connect()`. */
  IP_BIND_ADDRESS_NO_PORT: boolean;
  /** Leave a multicast group. */
  IP_DROP_MEMBERSHIP: MulticastGroup;
  /** `bind()` takes addresses that this machine does not have, or not yet. */
  IP_FREEBIND: boolean;
  /** The largest packet on the way to the peer, once connected. */
  IP_MTU: number;
  /** Datagrams come of every group that any socket here has joined. */
  IP_MULTICAST_ALL: boolean;
  /** The interface that multicast leaves by: its address or its index. It is read as an address. */
  IP_MULTICAST_IF: string | number;
  /** Multicast that is sent is also heard on this machine. */
  IP_MULTICAST_LOOP: boolean;
  /** Hops that multicast may make, from 0 to 255. */
  IP_MULTICAST_TTL: number;
  /** Datagrams come with where they were sent to: `IP_PKTINFO` of `recvmsg()`. */
  IP_PKTINFO: boolean;
  /** Datagrams come with their type of service. */
  IP_RECVTOS: boolean;
  /** Datagrams come with the hops that they had left. */
  IP_RECVTTL: boolean;
  /** The type of service of what is sent. */
  IP_TOS: number;
  /** Hops that a packet may make, from 1 to 255. */
  IP_TTL: number;
  /** Join a multicast group. */
  IPV6_JOIN_GROUP: MulticastGroup6;
  /** Leave a multicast group. */
  IPV6_LEAVE_GROUP: MulticastGroup6;
  /** The largest packet on the way to the peer, once connected. */
  IPV6_MTU: number;
  /** Hops that multicast may make, from 0 to 255. */
  IPV6_MULTICAST_HOPS: number;
  /** The index of the interface that multicast leaves by. */
  IPV6_MULTICAST_IF: number;
  /** Multicast that is sent is also heard on this machine. */
  IPV6_MULTICAST_LOOP: boolean;
  /** Datagrams come with the hops that they had left. */
  IPV6_RECVHOPLIMIT: boolean;
  /** Datagrams come with where they were sent to: `IPV6_PKTINFO` of `recvmsg()`. */
  IPV6_RECVPKTINFO: boolean;
  /** The traffic class of what is sent. */
  IPV6_TCLASS: number;
  /** Hops that a packet may make, from 1 to 255. */
  IPV6_UNICAST_HOPS: number;
  /** A socket of IPv6 takes no connections of IPv4. It must be set before `bind()`. */
  IPV6_V6ONLY: boolean;
  /** The algorithm against congestion: `"cubic"`. */
  TCP_CONGESTION: string;
  /** Only full packets are sent until it is cleared. */
  TCP_CORK: boolean;
  /** Milliseconds, in whole seconds, that `accept()` holds a connection back until it has data. */
  TCP_DEFER_ACCEPT: number;
  /** How many connections may wait that have brought data with their first packet. */
  TCP_FASTOPEN: number;
  /** How often a silent peer is asked. */
  TCP_KEEPCNT: number;
  /** Milliseconds of silence, in whole seconds, before a peer is asked. */
  TCP_KEEPIDLE: number;
  /** Milliseconds between questions, in whole seconds. */
  TCP_KEEPINTVL: number;
  /** Milliseconds, in whole seconds, that a closed connection waits for the peer's end. */
  TCP_LINGER2: number;
  /** The largest segment. */
  TCP_MAXSEG: number;
  /** Small pieces are sent at once, not collected. */
  TCP_NODELAY: boolean;
  /** What comes is acknowledged at once; the kernel may change it back. */
  TCP_QUICKACK: boolean;
  /** How often a connection is tried. */
  TCP_SYNCNT: number;
  /**
   * Milliseconds that what was sent may stay unacknowledged before the connection is broken; 0 for the system's
   * own limit.
   */
  TCP_USER_TIMEOUT: number;
  /** The largest window that is offered. */
  TCP_WINDOW_CLAMP: number;
}

/** The name of an option that can be read. */
export type ReadableSocketOption = Exclude<
  keyof SocketOptions,
  "IP_ADD_MEMBERSHIP" | "IP_DROP_MEMBERSHIP" | "IPV6_JOIN_GROUP" | "IPV6_LEAVE_GROUP"
>;

/** The name of an option that can be set. */
export type SettableSocketOption = Exclude<
  keyof SocketOptions,
  "SO_ACCEPTCONN" | "SO_ERROR" | "SO_PEERCRED" | "IP_MTU" | "IPV6_MTU"
>;
