/** <sys/socket.h>, and struct iovec of <sys/uio.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_socket_h = {
  AF_UNIX: [1, 1],
  AF_INET: [2, 2],
  AF_INET6: [10, 10],
  AF_NETLINK: [16, 16],
  AF_PACKET: [17, 17],
  AF_VSOCK: [40, 40],
  SOCK_STREAM: [1, 1],
  SOCK_DGRAM: [2, 2],
  SOCK_RAW: [3, 3],
  SOCK_SEQPACKET: [5, 5],
  SOCK_NONBLOCK: [0o4000, 0o4000],
  SOCK_CLOEXEC: [0o2000000, 0o2000000],
  SOMAXCONN: [4096, 4096],
  SOL_SOCKET: [1, 1],
  SO_DEBUG: [1, 1],
  SO_REUSEADDR: [2, 2],
  SO_TYPE: [3, 3],
  SO_ERROR: [4, 4],
  SO_DONTROUTE: [5, 5],
  SO_BROADCAST: [6, 6],
  SO_SNDBUF: [7, 7],
  SO_RCVBUF: [8, 8],
  SO_KEEPALIVE: [9, 9],
  SO_OOBINLINE: [10, 10],
  SO_PRIORITY: [12, 12],
  SO_LINGER: [13, 13],
  SO_REUSEPORT: [15, 15],
  SO_PASSCRED: [16, 16],
  SO_PEERCRED: [17, 17],
  SO_RCVLOWAT: [18, 18],
  SO_SNDLOWAT: [19, 19],
  SO_RCVTIMEO: [20, 20],
  SO_SNDTIMEO: [21, 21],
  SO_BINDTODEVICE: [25, 25],
  SO_ACCEPTCONN: [30, 30],
  SO_PROTOCOL: [38, 38],
  SO_DOMAIN: [39, 39],
  SCM_RIGHTS: [1, 1],
  SCM_CREDENTIALS: [2, 2],
  MSG_OOB: [0x1, 0x1],
  MSG_PEEK: [0x2, 0x2],
  MSG_DONTROUTE: [0x4, 0x4],
  MSG_CTRUNC: [0x8, 0x8],
  MSG_TRUNC: [0x20, 0x20],
  MSG_DONTWAIT: [0x40, 0x40],
  MSG_EOR: [0x80, 0x80],
  MSG_WAITALL: [0x100, 0x100],
  MSG_CONFIRM: [0x800, 0x800],
  MSG_ERRQUEUE: [0x2000, 0x2000],
  MSG_NOSIGNAL: [0x4000, 0x4000],
  MSG_MORE: [0x8000, 0x8000],
  MSG_CMSG_CLOEXEC: [0x40000000, 0x40000000],
  SHUT_RD: [0, 0],
  SHUT_WR: [1, 1],
  SHUT_RDWR: [2, 2],
} as const satisfies Record<string, Row>;

/** Both columns: struct msghdr. */
export const struct_msghdr = {
  sizeof: [56, 56],
  msg_name: [0, 0],
  msg_namelen: [8, 8],
  msg_iov: [16, 16],
  msg_iovlen: [24, 24],
  msg_control: [32, 32],
  msg_controllen: [40, 40],
  msg_flags: [48, 48],
} as const satisfies Record<string, Row>;

/** Both columns: struct mmsghdr. */
export const struct_mmsghdr = {
  sizeof: [64, 64],
  msg_hdr: [0, 0],
  msg_len: [56, 56],
} as const satisfies Record<string, Row>;

/** Both columns: struct cmsghdr; its data follows it, and the next one begins at a multiple of 8. */
export const struct_cmsghdr = {
  sizeof: [16, 16],
  cmsg_len: [0, 0],
  cmsg_level: [8, 8],
  cmsg_type: [12, 12],
} as const satisfies Record<string, Row>;

/** Both columns: struct ucred. */
export const struct_ucred = {
  sizeof: [12, 12],
  pid: [0, 0],
  uid: [4, 4],
  gid: [8, 8],
} as const satisfies Record<string, Row>;

/** Both columns: struct iovec. */
export const struct_iovec = {
  sizeof: [16, 16],
  iov_base: [0, 0],
  iov_len: [8, 8],
} as const satisfies Record<string, Row>;

/** Both columns: struct linger. */
export const struct_linger = {
  sizeof: [8, 8],
  l_onoff: [0, 0],
  l_linger: [4, 4],
} as const satisfies Record<string, Row>;

/** This machine's constants. */
export const SOCKET = column(sys_socket_h);
/** This machine's struct msghdr. */
export const MSGHDR = column(struct_msghdr);
/** This machine's struct mmsghdr. */
export const MMSGHDR = column(struct_mmsghdr);
/** This machine's struct cmsghdr. */
export const CMSGHDR = column(struct_cmsghdr);
/** This machine's struct ucred. */
export const UCRED = column(struct_ucred);
/** This machine's struct iovec. */
export const IOVEC = column(struct_iovec);
/** This machine's struct linger. */
export const LINGER = column(struct_linger);
