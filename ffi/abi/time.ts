/** <time.h>, and what <signal.h> has for its timers. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const time_h = {
  CLOCK_MONOTONIC: [1, 1],
  SIGEV_THREAD_ID: [4, 4],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. The thread has a name of its own in newer headers alone. */
export const struct_sigevent = {
  sizeof: [64, 64],
  sigev_signo: [8, 8],
  sigev_notify: [12, 12],
  "_sigev_un._tid": [16, 16],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_itimerspec = {
  sizeof: [32, 32],
  "it_interval.tv_sec": [0, 0],
  "it_interval.tv_nsec": [8, 8],
  "it_value.tv_sec": [16, 16],
  "it_value.tv_nsec": [24, 24],
} as const satisfies Record<string, Row>;

/** This machine's constants of <time.h>. */
export const TIME = column(time_h);
/** Where the fields of `struct sigevent` lie. */
export const SIGEVENT = column(struct_sigevent);
/** Where the fields of `struct itimerspec` lie. */
export const ITIMERSPEC = column(struct_itimerspec);
