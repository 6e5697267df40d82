/** <sys/wait.h> and <sys/pidfd.h> */
import { SYS } from "./abi/sys_syscall.ts";
import { bind } from "./bind.ts";

// pid_t wait4(pid_t pid, int *stat_loc, int options, struct rusage *usage);
export const wait4 = bind("wait4", ["int", "address", "int", "address"], "int");

// int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options);
export const waitid = bind("waitid", ["int", "int", "address", "int"], "int");

// long int syscall(long int sysno, ...);
const syscall = bind("syscall", ["long", "long", "long", "long", "long"], "int");

/** pidfd_open(2); glibc has a wrapper from 2.36 on. */
export function pidfd_open(pid: number, flags: number): number {
  return syscall(SYS.SYS_pidfd_open, pid, flags, 0, 0);
}

/** pidfd_send_signal(2); glibc has a wrapper from 2.36 on. */
export function pidfd_send_signal(pidfd: number, signal: number, info: 0, flags: number): number {
  return syscall(SYS.SYS_pidfd_send_signal, pidfd, signal, info, flags);
}

/** A status of wait4(2) that tells of a change and not of an end: WIFSTOPPED and WSTOPSIG, WIFCONTINUED. */
export function changeOf(status: number): { stopped: number } | { continued: true } | undefined {
  if (status === 0xffff) return { continued: true };
  return status >= 0 && (status & 0xff) === 0x7f ? { stopped: status >> 8 & 0xff } : undefined;
}
