/** <sched.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sched_h = {
  CLONE_VM: [0x100, 0x100],
  CLONE_VFORK: [0x4000, 0x4000],
} as const satisfies Record<string, Row>;

/** This machine's flags of clone(2). */
export const CLONE = column(sched_h);
