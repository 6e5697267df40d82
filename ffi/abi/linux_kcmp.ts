/** <linux/kcmp.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const linux_kcmp_h = {
  KCMP_FILE: [0, 0],
} as const satisfies Record<string, Row>;

/** This machine's constants of <linux/kcmp.h>. */
export const KCMP = column(linux_kcmp_h);
