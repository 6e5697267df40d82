/** <sys/inotify.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_inotify_h = {
  IN_ATTRIB: [0x4, 0x4],
  IN_DELETE_SELF: [0x400, 0x400],
  IN_MOVE_SELF: [0x800, 0x800],
  IN_NONBLOCK: [0o4000, 0o4000],
  IN_CLOEXEC: [0o2000000, 0o2000000],
} as const satisfies Record<string, Row>;

/** This machine's constants of <sys/inotify.h>. */
export const INOTIFY = column(sys_inotify_h);
