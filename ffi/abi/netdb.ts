/** <netdb.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe: the resolver's errors, which are negative. */
export const netdb_h = {
  EAI_BADFLAGS: [-1, -1],
  EAI_NONAME: [-2, -2],
  EAI_AGAIN: [-3, -3],
  EAI_FAIL: [-4, -4],
  EAI_NODATA: [-5, -5],
  EAI_FAMILY: [-6, -6],
  EAI_SOCKTYPE: [-7, -7],
  EAI_SERVICE: [-8, -8],
  EAI_ADDRFAMILY: [-9, -9],
  EAI_MEMORY: [-10, -10],
  EAI_SYSTEM: [-11, -11],
  EAI_OVERFLOW: [-12, -12],
  EAI_INPROGRESS: [-100, -100],
  EAI_CANCELED: [-101, -101],
  EAI_NOTCANCELED: [-102, -102],
  EAI_ALLDONE: [-103, -103],
  EAI_INTR: [-104, -104],
  EAI_IDN_ENCODE: [-105, -105],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: what is asked of getaddrinfo(3). */
export const getaddrinfo_h = {
  AI_PASSIVE: [0x1, 0x1],
  AI_CANONNAME: [0x2, 0x2],
  AI_NUMERICHOST: [0x4, 0x4],
  AI_V4MAPPED: [0x8, 0x8],
  AI_ALL: [0x10, 0x10],
  AI_ADDRCONFIG: [0x20, 0x20],
  AI_IDN: [0x40, 0x40],
  AI_CANONIDN: [0x80, 0x80],
  AI_NUMERICSERV: [0x400, 0x400],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: what is asked of getnameinfo(3). */
export const getnameinfo_h = {
  NI_NUMERICHOST: [0x1, 0x1],
  NI_NUMERICSERV: [0x2, 0x2],
  NI_NOFQDN: [0x4, 0x4],
  NI_NAMEREQD: [0x8, 0x8],
  NI_DGRAM: [0x10, 0x10],
  NI_IDN: [0x20, 0x20],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: room for any answer. */
export const name_lengths_h = {
  NI_MAXHOST: [1025, 1025],
  NI_MAXSERV: [32, 32],
} as const satisfies Record<string, Row>;

/** Both columns: struct addrinfo. */
export const struct_addrinfo = {
  sizeof: [48, 48],
  ai_flags: [0, 0],
  ai_family: [4, 4],
  ai_socktype: [8, 8],
  ai_protocol: [12, 12],
  ai_addrlen: [16, 16],
  ai_addr: [24, 24],
  ai_canonname: [32, 32],
  ai_next: [40, 40],
} as const satisfies Record<string, Row>;

/** Both columns: struct servent. */
export const struct_servent = {
  sizeof: [32, 32],
  s_name: [0, 0],
  s_aliases: [8, 8],
  s_port: [16, 16],
  s_proto: [24, 24],
} as const satisfies Record<string, Row>;

/** Both columns: struct protoent. */
export const struct_protoent = {
  sizeof: [24, 24],
  p_name: [0, 0],
  p_aliases: [8, 8],
  p_proto: [16, 16],
} as const satisfies Record<string, Row>;

/** This machine's errors of the resolver. */
export const EAI = column(netdb_h);
/** This machine's flags of getaddrinfo(3). */
export const AI = column(getaddrinfo_h);
/** This machine's flags of getnameinfo(3). */
export const NI = column(getnameinfo_h);
/** This machine's room for names. */
export const NAME_LENGTH = column(name_lengths_h);
/** This machine's struct addrinfo. */
export const ADDRINFO = column(struct_addrinfo);
/** This machine's struct servent. */
export const SERVENT = column(struct_servent);
/** This machine's struct protoent. */
export const PROTOENT = column(struct_protoent);
