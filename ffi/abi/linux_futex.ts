/** <linux/futex.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const linux_futex_h = {
  FUTEX_WAIT: [0, 0],
  FUTEX_WAKE: [1, 1],
} as const satisfies Record<string, Row>;

/** This machine's constants of <linux/futex.h>. */
export const FUTEX = column(linux_futex_h);
