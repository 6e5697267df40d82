/** <sys/syscall.h>: the calls that glibc 2.31 has no wrapper for. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_syscall_h = {
  SYS_pidfd_send_signal: [424, 424],
  SYS_pidfd_open: [434, 434],
} as const satisfies Record<string, Row>;

/** This machine's numbers of system calls. */
export const SYS = column(sys_syscall_h);
