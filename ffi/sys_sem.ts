/** <sys/sem.h> */
import { SYS } from "./abi/sys_syscall.ts";
import { bind } from "./bind.ts";
import type { Memory } from "./libc.ts";
import { systemCall, systemWith } from "./system_call.ts";

// int semget(key_t key, int nsems, int semflg);
export const semget = bind("semget", ["int", "int", "int"], "int");

// For a worker, whose operations must lie in memory that stays;
// int semop(int semid, struct sembuf *sops, size_t nsops);
export const semopElsewhere = bind("semop", ["int", "address", "long"], "int");

// With a number for the fourth parameter, or none; int semctl(int semid, int semnum, int cmd, ...);
export const semctl = bind("semctl", ["int", "int", "int", "long"], "int");

// With a structure or an array for the fourth; int semctl(int semid, int semnum, int cmd, ...);
export const semctlMemory = bind("semctl", ["int", "int", "int", "buffer"], "int");

const operate = systemCall(SYS.SYS_semop);
const operateHalves = new Int32Array(operate.buffer);

/** semop(2) with operations none of which waits: 0, or -errno. */
export function semopNow(id: number, operations: Memory, count: number): number {
  operateHalves[2] = id;
  operateHalves[6] = count;
  return systemWith(operate, operations);
}
