/** <sys/resource.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_resource_h = {
  RLIMIT_CPU: [0, 0],
  RLIMIT_FSIZE: [1, 1],
  RLIMIT_DATA: [2, 2],
  RLIMIT_STACK: [3, 3],
  RLIMIT_CORE: [4, 4],
  RLIMIT_RSS: [5, 5],
  RLIMIT_NPROC: [6, 6],
  RLIMIT_NOFILE: [7, 7],
  RLIMIT_MEMLOCK: [8, 8],
  RLIMIT_AS: [9, 9],
  RLIMIT_LOCKS: [10, 10],
  RLIMIT_SIGPENDING: [11, 11],
  RLIMIT_MSGQUEUE: [12, 12],
  RLIMIT_NICE: [13, 13],
  RLIMIT_RTPRIO: [14, 14],
  RLIMIT_RTTIME: [15, 15],
  PRIO_PROCESS: [0, 0],
} as const satisfies Record<string, Row>;

/** This machine's numbers. */
export const RESOURCE = column(sys_resource_h);
