/** Locks of whole files: flock(2). */
import { FLOCK } from "../../ffi/abi/sys_file.ts";
import { flock } from "../../ffi/sys_file.ts";
import type { LockCall, LockCalls, LockMode } from "./calls.ts";
import { type LockHolder, locksOn } from "./holders.ts";

function operation(mode: LockMode): number {
  return mode === "shared" ? FLOCK.LOCK_SH : FLOCK.LOCK_EX;
}

export const flockCalls: LockCalls = {
  syscall: "flock",
  part: "",

  needs(): undefined {},

  attempt(fd: number, mode: LockMode): number {
    return flock(fd, operation(mode) | FLOCK.LOCK_NB);
  },

  waiting(fd: number, mode: LockMode): LockCall {
    return { fn: flock, args: [fd, operation(mode)], [Symbol.dispose]() {} };
  },

  unlock(fd: number): number {
    return flock(fd, FLOCK.LOCK_UN);
  },

  inTheWay(fd: number): LockHolder | undefined {
    return locksOn(fd)?.find(({ kind }) => kind === "flock");
  },
};
