/** The names of sockets: struct sockaddr_in and sockaddr_in6 of <netinet/in.h>, struct sockaddr_un of <sys/un.h>. */
import { column, type Row } from "./column.ts";

/** Both columns: struct sockaddr_in. */
export const struct_sockaddr_in = {
  sizeof: [16, 16],
  sin_family: [0, 0],
  sin_port: [2, 2],
  sin_addr: [4, 4],
} as const satisfies Record<string, Row>;

/** Both columns: struct sockaddr_in6. */
export const struct_sockaddr_in6 = {
  sizeof: [28, 28],
  sin6_family: [0, 0],
  sin6_port: [2, 2],
  sin6_flowinfo: [4, 4],
  sin6_addr: [8, 8],
  sin6_scope_id: [24, 24],
} as const satisfies Record<string, Row>;

/** Both columns: struct sockaddr_un. */
export const struct_sockaddr_un = {
  sizeof: [110, 110],
  sun_family: [0, 0],
  sun_path: [2, 2],
} as const satisfies Record<string, Row>;

/** This machine's struct sockaddr_in. */
export const SOCKADDR_IN = column(struct_sockaddr_in);
/** This machine's struct sockaddr_in6. */
export const SOCKADDR_IN6 = column(struct_sockaddr_in6);
/** This machine's struct sockaddr_un. */
export const SOCKADDR_UN = column(struct_sockaddr_un);
