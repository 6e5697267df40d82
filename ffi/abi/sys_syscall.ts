/**
 * <sys/syscall.h>: the calls that glibc 2.31 has no wrapper for, those whose wrapper costs too much, and those that a child
 * makes before it has a program.
 */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_syscall_h = {
  SYS_write: [1, 64],
  SYS_close: [3, 57],
  SYS_rt_sigprocmask: [14, 135],
  SYS_ioctl: [16, 29],
  SYS_getpid: [39, 172],
  SYS_clone: [56, 220],
  SYS_execve: [59, 221],
  SYS_semop: [65, 193],
  SYS_msgsnd: [69, 189],
  SYS_msgrcv: [70, 188],
  SYS_fcntl: [72, 25],
  SYS_chdir: [80, 49],
  SYS_fchdir: [81, 50],
  SYS_fchown: [93, 55],
  SYS_umask: [95, 166],
  SYS_setpgid: [109, 154],
  SYS_getppid: [110, 173],
  SYS_setsid: [112, 157],
  SYS_setgroups: [116, 159],
  SYS_setresuid: [117, 147],
  SYS_setresgid: [119, 149],
  SYS_setpriority: [141, 140],
  SYS_prctl: [157, 167],
  SYS_chroot: [161, 51],
  SYS_futex: [202, 98],
  SYS_sched_setaffinity: [203, 122],
  SYS_mq_open: [240, 180],
  SYS_mq_unlink: [241, 181],
  SYS_mq_timedsend: [242, 182],
  SYS_mq_timedreceive: [243, 183],
  SYS_mq_notify: [244, 184],
  SYS_mq_getsetattr: [245, 185],
  SYS_readlinkat: [267, 78],
  SYS_dup3: [292, 24],
  SYS_prlimit64: [302, 261],
  SYS_kcmp: [312, 272],
  SYS_pidfd_send_signal: [424, 424],
  SYS_pidfd_open: [434, 434],
  SYS_close_range: [436, 436],
} as const satisfies Record<string, Row>;

/** This machine's numbers of system calls. */
export const SYS = column(sys_syscall_h);
