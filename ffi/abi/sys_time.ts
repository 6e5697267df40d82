/** <sys/time.h>. */
import { column, type Row } from "./column.ts";

/** Both columns: the interval timers. */
export const sys_time_h = {
  ITIMER_REAL: [0, 0],
  ITIMER_VIRTUAL: [1, 1],
  ITIMER_PROF: [2, 2],
} as const satisfies Record<string, Row>;

/** Both columns: struct itimerval, whose two times are a struct timeval each: seconds, microseconds. */
export const struct_itimerval = {
  sizeof: [32, 32],
  it_interval: [0, 0],
  it_value: [16, 16],
} as const satisfies Record<string, Row>;

/** This machine's interval timers. */
export const ITIMER = column(sys_time_h);
/** This machine's struct itimerval. */
export const ITIMERVAL = column(struct_itimerval);
