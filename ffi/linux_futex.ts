/** <linux/futex.h>, a system call without a wrapper. The words are shared by processes, wherever each has mapped them. */
import { FUTEX } from "./abi/linux_futex.ts";
import { SYS } from "./abi/sys_syscall.ts";
import { bind } from "./bind.ts";

// long syscall(long number, ...);
const syscall = bind("syscall", ["long", "address", "int", "int", "address"], "long");

/** Wake up to `count` of those who sleep on the word at `address`: how many were woken, or -errno. */
export function futexWake(address: number, count: number): number {
  return syscall(SYS.SYS_futex, address, FUTEX.FUTEX_WAKE, count, 0);
}

/** What sleeps on a word, for a worker: 0 once woken, -EAGAIN if the word was not what was expected. */
export const futexWaitElsewhere = syscall;

/** Its arguments: the word at `address`, and the value with which it is worth sleeping. */
export function futexWaitArguments(address: number, expected: number): [number, number, number, number, number] {
  return [SYS.SYS_futex, address, FUTEX.FUTEX_WAIT, expected | 0, 0];
}
