/** <sys/timerfd.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_timerfd_h = {
  TFD_CLOEXEC: [0o2000000, 0o2000000],
  TFD_NONBLOCK: [0o4000, 0o4000],
} as const satisfies Record<string, Row>;

/** This machine's column. */
export const TFD = column(sys_timerfd_h);
