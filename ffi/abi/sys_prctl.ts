/** <sys/prctl.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_prctl_h = {
  PR_SET_PDEATHSIG: [1, 1],
  PR_GET_DUMPABLE: [3, 3],
  PR_SET_DUMPABLE: [4, 4],
  PR_SET_CHILD_SUBREAPER: [36, 36],
  PR_GET_CHILD_SUBREAPER: [37, 37],
  PR_SET_NO_NEW_PRIVS: [38, 38],
} as const satisfies Record<string, Row>;

/** This machine's options of prctl(2). */
export const PRCTL = column(sys_prctl_h);
