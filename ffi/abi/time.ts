/** <time.h>: clocks and timers. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const time_h = {
  CLOCK_MONOTONIC: [1, 1],
} as const satisfies Record<string, Row>;

/** Both columns: struct itimerspec, whose two times are a struct timespec each: seconds, nanoseconds. */
export const struct_itimerspec = {
  sizeof: [32, 32],
  it_interval: [0, 0],
  it_value: [16, 16],
} as const satisfies Record<string, Row>;

/** This machine's column. */
export const CLOCK: Readonly<Record<keyof typeof time_h, number>> = column(time_h);
/** This machine's struct itimerspec. */
export const ITIMERSPEC = column(struct_itimerspec);
