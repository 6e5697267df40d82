/** <linux/kcmp.h>, a system call without a wrapper. */
import { KCMP } from "./abi/linux_kcmp.ts";
import { SYS } from "./abi/sys_syscall.ts";
import { bind } from "./bind.ts";

// long syscall(long number, ...);
const syscall = bind("syscall", ["long", "int", "int", "int", "long", "long"], "long");

/**
 * Whether descriptors of process `pid`, this one, are copies of each other: 0 if they are, 1 to 3 if not, or -errno: -ENOSYS
 * from a kernel without it, -EPERM where it is forbidden.
 */
export function compareDescriptors(pid: number, one: number, other: number): number {
  return syscall(SYS.SYS_kcmp, pid, pid, KCMP.KCMP_FILE, one, other);
}
