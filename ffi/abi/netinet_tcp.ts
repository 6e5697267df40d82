/** <netinet/tcp.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const netinet_tcp_h = {
  TCP_NODELAY: [1, 1],
  TCP_MAXSEG: [2, 2],
  TCP_CORK: [3, 3],
  TCP_KEEPIDLE: [4, 4],
  TCP_KEEPINTVL: [5, 5],
  TCP_KEEPCNT: [6, 6],
  TCP_SYNCNT: [7, 7],
  TCP_LINGER2: [8, 8],
  TCP_DEFER_ACCEPT: [9, 9],
  TCP_WINDOW_CLAMP: [10, 10],
  TCP_QUICKACK: [12, 12],
  TCP_CONGESTION: [13, 13],
  TCP_USER_TIMEOUT: [18, 18],
  TCP_FASTOPEN: [23, 23],
} as const satisfies Record<string, Row>;

/** This machine's constants. */
export const TCP = column(netinet_tcp_h);
