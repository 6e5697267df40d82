/** What the kernel knows of System V shared memory. */
import { IPC, IPC_PERM } from "../../ffi/abi/sys_ipc.ts";
import { SHM, SHMID_DS } from "../../ffi/abi/sys_shm.ts";
import { shmctl } from "../../ffi/sys_shm.ts";
import { changeOwner, dateAt, type IpcOwnerChange, type IpcStat, ipcStat } from "./ipc_object.ts";

/** What the kernel knows of shared memory. */
export interface SharedMemoryStat extends IpcStat {
  /** Its length in bytes. */
  readonly size: number;
  /** How often it is attached, in all processes together. */
  readonly attached: number;
  /** When it was attached last; undefined if never. */
  readonly attachedAt: Date | undefined;
  /** When it was detached last; undefined if never. */
  readonly detachedAt: Date | undefined;
  /** The process that made it; 0 if it belongs to a namespace that this process does not see. */
  readonly creatorPid: number;
  /** The process that attached or detached it last; 0 if none has. */
  readonly lastPid: number;
  /** Whether it was removed, and goes with its last attachment. */
  readonly destroyed: boolean;
  /** Whether its pages are kept from being swapped out. */
  readonly locked: boolean;
}

/** What is known of the memory with this id, or -errno. */
export function readStat(id: number): SharedMemoryStat | number {
  const ds = structure();
  const rc = shmctl(id, IPC.IPC_STAT, ds);
  return rc < 0 ? rc : memoryStat(ds, id);
}

/** Change its owner and mode: 0, or -errno. @throws {RangeError} if an id or the mode is out of range. */
export function changeStat(id: number, change: IpcOwnerChange): number {
  changeOwner(structure(), change);
  const ds = structure();
  const rc = shmctl(id, IPC.IPC_STAT, ds);
  if (rc < 0) return rc;
  changeOwner(ds, change);
  return shmctl(id, IPC.IPC_SET, ds);
}

function structure(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(SHMID_DS.sizeof));
}

/** What a `struct shmid_ds` says. */
export function memoryStat(ds: DataView, id: number): SharedMemoryStat {
  const flags = ds.getUint32(IPC_PERM.mode, true);
  return {
    ...ipcStat(ds, id, SHMID_DS.shm_ctime),
    size: Number(ds.getBigUint64(SHMID_DS.shm_segsz, true)),
    attached: Number(ds.getBigUint64(SHMID_DS.shm_nattch, true)),
    attachedAt: dateAt(ds, SHMID_DS.shm_atime),
    detachedAt: dateAt(ds, SHMID_DS.shm_dtime),
    creatorPid: ds.getInt32(SHMID_DS.shm_cpid, true),
    lastPid: ds.getInt32(SHMID_DS.shm_lpid, true),
    destroyed: (flags & SHM.SHM_DEST) !== 0,
    locked: (flags & SHM.SHM_LOCKED) !== 0,
  };
}
