/** What the kernel knows of a set of System V semaphores. */
import { SEMID_DS } from "../../ffi/abi/sys_sem.ts";
import { dateAt, type IpcStat, ipcStat } from "./ipc_object.ts";

/** What the kernel knows of a set. */
export interface SemaphoreStat extends IpcStat {
  /** How many semaphores it has. */
  readonly count: number;
  /** When an operation was done last, in whole seconds; undefined if there was none. */
  readonly lastOperation: Date | undefined;
}

/** What a `struct semid_ds` says. */
export function setStat(ds: DataView, id: number): SemaphoreStat {
  return {
    ...ipcStat(ds, id, SEMID_DS.sem_ctime),
    count: Number(ds.getBigUint64(SEMID_DS.sem_nsems, true)),
    lastOperation: dateAt(ds, SEMID_DS.sem_otime),
  };
}
