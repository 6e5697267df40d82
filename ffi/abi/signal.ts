/** <signal.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. The standard signals first, in the order of their numbers. */
export const signal_h = {
  SIGHUP: [1, 1],
  SIGINT: [2, 2],
  SIGQUIT: [3, 3],
  SIGILL: [4, 4],
  SIGTRAP: [5, 5],
  SIGABRT: [6, 6],
  SIGBUS: [7, 7],
  SIGFPE: [8, 8],
  SIGKILL: [9, 9],
  SIGUSR1: [10, 10],
  SIGSEGV: [11, 11],
  SIGUSR2: [12, 12],
  SIGPIPE: [13, 13],
  SIGALRM: [14, 14],
  SIGTERM: [15, 15],
  SIGSTKFLT: [16, 16],
  SIGCHLD: [17, 17],
  SIGCONT: [18, 18],
  SIGSTOP: [19, 19],
  SIGTSTP: [20, 20],
  SIGTTIN: [21, 21],
  SIGTTOU: [22, 22],
  SIGURG: [23, 23],
  SIGXCPU: [24, 24],
  SIGXFSZ: [25, 25],
  SIGVTALRM: [26, 26],
  SIGPROF: [27, 27],
  SIGWINCH: [28, 28],
  SIGIO: [29, 29],
  SIGPWR: [30, 30],
  SIGSYS: [31, 31],
} as const satisfies Record<string, Row>;

/** Both columns: why a signal was sent, and what became of a child. */
export const siginfo_h = {
  SI_USER: [0, 0],
  SI_KERNEL: [128, 128],
  SI_QUEUE: [-1, -1],
  SI_TIMER: [-2, -2],
  SI_MESGQ: [-3, -3],
  SI_ASYNCIO: [-4, -4],
  SI_SIGIO: [-5, -5],
  SI_TKILL: [-6, -6],
  CLD_EXITED: [1, 1],
  CLD_KILLED: [2, 2],
  CLD_DUMPED: [3, 3],
  CLD_TRAPPED: [4, 4],
  CLD_STOPPED: [5, 5],
  CLD_CONTINUED: [6, 6],
} as const satisfies Record<string, Row>;

/** Both columns: siginfo_t, but for its size what a record of a signal keeps. */
export const typedef_siginfo_t = {
  sizeof: [128, 128],
  si_signo: [0, 0],
  si_errno: [4, 4],
  si_code: [8, 8],
  si_pid: [16, 16],
  si_uid: [20, 20],
  si_status: [24, 24],
  si_value: [24, 24],
} as const satisfies Record<string, Row>;

/** Both columns: the ways to change a mask, and flags of an action. */
export const sigaction_h = {
  SIG_BLOCK: [0, 0],
  SIG_UNBLOCK: [1, 1],
  SIG_SETMASK: [2, 2],
  SA_NOCLDSTOP: [1, 1],
  SA_SIGINFO: [4, 4],
  SA_ONSTACK: [0x08000000, 0x08000000],
  SA_RESTART: [0x10000000, 0x10000000],
} as const satisfies Record<string, Row>;

/** Both columns: struct sigaction. */
export const struct_sigaction = {
  sizeof: [152, 152],
  sa_handler: [0, 0],
  sa_mask: [8, 8],
  sa_flags: [136, 136],
} as const satisfies Record<string, Row>;

/** Both columns: how a program is told of what it has asked for. */
export const sigevent_h = {
  SIGEV_SIGNAL: [0, 0],
  SIGEV_NONE: [1, 1],
} as const satisfies Record<string, Row>;

/** Both columns: struct sigevent. */
export const struct_sigevent = {
  sizeof: [64, 64],
  sigev_value: [0, 0],
  sigev_signo: [8, 8],
  sigev_notify: [12, 12],
} as const satisfies Record<string, Row>;

/** This machine's standard signals. */
export const SIGNAL = column(signal_h);
/** This machine's ways to change a mask, and flags of an action. */
export const SIGNAL_ACTION = column(sigaction_h);
/** This machine's reasons of a signal. */
export const SIGNAL_CODE = column(siginfo_h);
/** This machine's siginfo_t. */
export const SIGINFO = column(typedef_siginfo_t);
/** This machine's struct sigaction. */
export const SIGACTION = column(struct_sigaction);
/** This machine's ways to be told. */
export const SIGEV = column(sigevent_h);
/** This machine's struct sigevent. */
export const SIGEVENT = column(struct_sigevent);
/** sizeof (sigset_t): 1,024 bits. */
export const SIGSET_SIZE = 128;
