/** What kinds of sockets there are, by name. */
import { NETINET } from "../../ffi/abi/netinet_in.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";

/** The family of a socket's names. `PF_LOCAL` and `AF_LOCAL` are `PF_UNIX`, and each `PF_` is the same as its `AF_`. */
export type SocketDomain =
  | "PF_INET"
  | "PF_INET6"
  | "PF_UNIX"
  | "PF_LOCAL"
  | "AF_INET"
  | "AF_INET6"
  | "AF_UNIX"
  | "AF_LOCAL";

/** The family of a socket's names, in its one form. */
export type SocketFamily = "AF_INET" | "AF_INET6" | "AF_UNIX";

/** What a socket carries: a stream of bytes, datagrams, or packets in order and with an end. */
export type SocketStyle = "SOCK_STREAM" | "SOCK_DGRAM" | "SOCK_SEQPACKET";

/** A protocol by name. */
export type SocketProtocol = "tcp" | "udp" | "icmp" | "ipv6-icmp" | "sctp" | "udplite";

const FAMILIES: Readonly<Record<SocketFamily, number>> = {
  AF_INET: SOCKET.AF_INET!,
  AF_INET6: SOCKET.AF_INET6!,
  AF_UNIX: SOCKET.AF_UNIX!,
};

const DOMAINS: Readonly<Record<SocketDomain, SocketFamily>> = {
  PF_INET: "AF_INET",
  PF_INET6: "AF_INET6",
  PF_UNIX: "AF_UNIX",
  PF_LOCAL: "AF_UNIX",
  AF_INET: "AF_INET",
  AF_INET6: "AF_INET6",
  AF_UNIX: "AF_UNIX",
  AF_LOCAL: "AF_UNIX",
};

const STYLES: Readonly<Record<SocketStyle, number>> = {
  SOCK_STREAM: SOCKET.SOCK_STREAM!,
  SOCK_DGRAM: SOCKET.SOCK_DGRAM!,
  SOCK_SEQPACKET: SOCKET.SOCK_SEQPACKET!,
};

const PROTOCOLS: Readonly<Record<SocketProtocol, number>> = {
  "tcp": NETINET.IPPROTO_TCP!,
  "udp": NETINET.IPPROTO_UDP!,
  "icmp": NETINET.IPPROTO_ICMP!,
  "ipv6-icmp": NETINET.IPPROTO_ICMPV6!,
  "sctp": NETINET.IPPROTO_SCTP!,
  "udplite": NETINET.IPPROTO_UDPLITE!,
};

/** What a socket is. */
export interface SocketDescription {
  /** The family of its names. */
  readonly family: SocketFamily;
  /** What it carries. */
  readonly type: SocketStyle;
  /** The number of its protocol. */
  readonly protocol: number;
}

/**
 * The kind that the three words name.
 *
 * @throws {TypeError} if one of them names none.
 * @throws {RangeError} if the protocol's number is none.
 */
export function socketKind(
  domain: SocketDomain,
  type: SocketStyle,
  protocol: number | SocketProtocol,
): SocketDescription {
  if (!Object.hasOwn(DOMAINS, domain)) {
    throw new TypeError(`A domain is "PF_INET", "PF_INET6" or "PF_UNIX", not ${JSON.stringify(domain)}`);
  }
  if (!Object.hasOwn(STYLES, type)) {
    throw new TypeError(`A type is "SOCK_STREAM", "SOCK_DGRAM" or "SOCK_SEQPACKET", not ${JSON.stringify(type)}`);
  }
  return { family: DOMAINS[domain], type, protocol: protocolNumber(protocol) };
}

function protocolNumber(protocol: number | SocketProtocol): number {
  if (typeof protocol === "string") {
    if (!Object.hasOwn(PROTOCOLS, protocol)) {
      throw new TypeError(
        `A protocol is a number or one of ${Object.keys(PROTOCOLS)}, not ${JSON.stringify(protocol)}`,
      );
    }
    return PROTOCOLS[protocol];
  }
  if (Number.isInteger(protocol) && protocol >= 0 && protocol <= 0x7fffffff) return protocol;
  throw new RangeError(`The number of a protocol is an integer from 0 on, not ${protocol}`);
}

/** The kernel's numbers for a kind: domain, type, protocol. */
export function kindNumbers(
  { family, type, protocol }: SocketDescription,
): [domain: number, type: number, protocol: number] {
  return [FAMILIES[family], STYLES[type], protocol];
}

/** The kind that the kernel's numbers speak of; undefined if it is one that the library does not know. */
export function kindOf(domain: number, type: number, protocol: number): SocketDescription | undefined {
  const family = nameOf(FAMILIES, domain);
  const style = nameOf(STYLES, type);
  return family && style && { family, type: style, protocol };
}

function nameOf<Name extends string>(table: Readonly<Record<Name, number>>, number: number): Name | undefined {
  return (Object.keys(table) as Name[]).find((name) => table[name] === number);
}
