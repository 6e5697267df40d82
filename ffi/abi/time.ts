/** <time.h>: clocks. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const time_h = {
  CLOCK_MONOTONIC: [1, 1],
} as const satisfies Record<string, Row>;

/** This machine's column. */
export const CLOCK: Readonly<Record<keyof typeof time_h, number>> = column(time_h);
