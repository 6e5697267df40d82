/** <sys/file.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_file_h = {
  LOCK_SH: [1, 1],
  LOCK_EX: [2, 2],
  LOCK_NB: [4, 4],
  LOCK_UN: [8, 8],
} as const satisfies Record<string, Row>;

/** This machine's constants of <sys/file.h>. */
export const FLOCK = column(sys_file_h);
