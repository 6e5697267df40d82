/** <netinet/in.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const netinet_in_h = {
  IPPROTO_IP: [0, 0],
  IPPROTO_ICMP: [1, 1],
  IPPROTO_TCP: [6, 6],
  IPPROTO_UDP: [17, 17],
  IPPROTO_IPV6: [41, 41],
  IPPROTO_ICMPV6: [58, 58],
  IPPROTO_RAW: [255, 255],
  IPPROTO_SCTP: [132, 132],
  IPPROTO_UDPLITE: [136, 136],
  IP_TOS: [1, 1],
  IP_TTL: [2, 2],
  IP_PKTINFO: [8, 8],
  IP_MTU_DISCOVER: [10, 10],
  IP_MTU: [14, 14],
  IP_RECVERR: [11, 11],
  IP_RECVTTL: [12, 12],
  IP_RECVTOS: [13, 13],
  IP_FREEBIND: [15, 15],
  IP_TRANSPARENT: [19, 19],
  IP_MULTICAST_IF: [32, 32],
  IP_MULTICAST_TTL: [33, 33],
  IP_MULTICAST_LOOP: [34, 34],
  IP_ADD_MEMBERSHIP: [35, 35],
  IP_DROP_MEMBERSHIP: [36, 36],
  IP_MULTICAST_ALL: [49, 49],
  IPV6_UNICAST_HOPS: [16, 16],
  IPV6_MULTICAST_IF: [17, 17],
  IPV6_MULTICAST_HOPS: [18, 18],
  IPV6_MULTICAST_LOOP: [19, 19],
  IPV6_JOIN_GROUP: [20, 20],
  IPV6_LEAVE_GROUP: [21, 21],
  IPV6_V6ONLY: [26, 26],
  IPV6_RECVPKTINFO: [49, 49],
  IPV6_PKTINFO: [50, 50],
  IPV6_RECVHOPLIMIT: [51, 51],
  IPV6_HOPLIMIT: [52, 52],
  IPV6_TCLASS: [67, 67],
  IPV6_RECVTCLASS: [66, 66],
  IPV6_MTU_DISCOVER: [23, 23],
  IPV6_MTU: [24, 24],
  IPV6_RECVERR: [25, 25],
  IP_BIND_ADDRESS_NO_PORT: [24, 24],
} as const satisfies Record<string, Row>;

/** Both columns: struct ip_mreqn. */
export const struct_ip_mreqn = {
  sizeof: [12, 12],
  imr_multiaddr: [0, 0],
  imr_address: [4, 4],
  imr_ifindex: [8, 8],
} as const satisfies Record<string, Row>;

/** Both columns: struct ipv6_mreq. */
export const struct_ipv6_mreq = {
  sizeof: [20, 20],
  ipv6mr_multiaddr: [0, 0],
  ipv6mr_interface: [16, 16],
} as const satisfies Record<string, Row>;

/** Both columns: struct in_pktinfo. */
export const struct_in_pktinfo = {
  sizeof: [12, 12],
  ipi_ifindex: [0, 0],
  ipi_spec_dst: [4, 4],
  ipi_addr: [8, 8],
} as const satisfies Record<string, Row>;

/** Both columns: struct in6_pktinfo. */
export const struct_in6_pktinfo = {
  sizeof: [20, 20],
  ipi6_addr: [0, 0],
  ipi6_ifindex: [16, 16],
} as const satisfies Record<string, Row>;

/** This machine's constants. */
export const NETINET = column(netinet_in_h);
/** This machine's struct ip_mreqn. */
export const IP_MREQN = column(struct_ip_mreqn);
/** This machine's struct ipv6_mreq. */
export const IPV6_MREQ = column(struct_ipv6_mreq);
/** This machine's struct in_pktinfo. */
export const IN_PKTINFO = column(struct_in_pktinfo);
/** This machine's struct in6_pktinfo. */
export const IN6_PKTINFO = column(struct_in6_pktinfo);
