/** <sys/wait.h> and <sys/resource.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_wait_h = {
  WNOHANG: [1, 1],
  WUNTRACED: [2, 2],
  WEXITED: [4, 4],
  WCONTINUED: [8, 8],
  WNOWAIT: [0x01000000, 0x01000000],
  P_PID: [1, 1],
} as const satisfies Record<string, Row>;

/** Both columns: struct rusage. */
export const struct_rusage = {
  sizeof: [144, 144],
  ru_utime: [0, 0],
  ru_stime: [16, 16],
  ru_maxrss: [32, 32],
  ru_minflt: [64, 64],
  ru_majflt: [72, 72],
  ru_inblock: [88, 88],
  ru_oublock: [96, 96],
  ru_nvcsw: [128, 128],
  ru_nivcsw: [136, 136],
} as const satisfies Record<string, Row>;

/** This machine's options of wait4(2). */
export const WAIT = column(sys_wait_h);
/** This machine's struct rusage. */
export const RUSAGE = column(struct_rusage);
