/** How System V shared memory comes into this process. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SHM } from "../../ffi/abi/sys_shm.ts";
import { shmat, shmctl, shmdt, shmget } from "../../ffi/sys_shm.ts";
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { syscallError } from "../core/errors.ts";
import { createFlags, type IpcCreateOptions } from "./ipc_object.ts";
import { IPC_PRIVATE, keyOf, keyText } from "./key.ts";
import { readStat, type SharedMemoryStat } from "./shared_memory_stat.ts";

/** How shared memory is attached. */
export interface SharedMemoryOptions {
  /**
   * Attach it to be read only, for which the permission to read it is enough.
   * @default {false}
   */
  readOnly?: boolean;
}

/** How shared memory is made and attached. */
export interface SharedMemoryCreateOptions extends IpcCreateOptions, SharedMemoryOptions {
  /**
   * Set no swap space aside for it. If the system has no memory when a page is used first, it kills the process.
   * @default {false}
   */
  noReserve?: boolean;
}

/** Memory that is attached. */
export interface Attachment {
  readonly id: number;
  readonly key: number;
  readonly created: boolean;
  readonly readOnly: boolean;
  readonly address: number;
  readonly size: number;
}

type Found = Omit<Attachment, "address" | "size">;

/** What errors call it. */
export function memoryName(id: number, key: number): string {
  return key === IPC_PRIVATE ? `shared memory of id ${id}` : `shared memory ${keyText(key)}`;
}

/** Attach what has this key, or make it. What is there may be removed before it is attached: then it is made after all. */
export function createAttachment(key: number, size: number, options: SharedMemoryCreateOptions): Attachment {
  const { exclusive = false, readOnly = false, noReserve = false } = options;
  const wanted = keyOf(key);
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`size is an integer from 1 on: ${size}`);
  // Made exclusively, so that it is known who has made it.
  const flags = createFlags({ ...options, exclusive: true }) | (noReserve ? SHM.SHM_NORESERVE : 0);
  for (;;) {
    const made = shmget(wanted, size, flags);
    if (made < 0 && (made !== -ERRNO.EEXIST || exclusive)) throw refused("create", wanted, -made);
    const id = made < 0 ? shmget(wanted, size, 0) : made;
    if (id === -ERRNO.ENOENT) continue;
    if (id < 0) throw refused(`open at least ${size} bytes of`, wanted, -id);
    const found = { id, key: wanted, created: made >= 0, readOnly };
    const address = attach(found);
    if (address >= 0) return described(found, address);
    if (address === -ERRNO.EINVAL || address === -ERRNO.EIDRM) continue;
    forget(found);
    throw notAttached(found, -address);
  }
}

/** Attach what has this key. */
export function openAttachment(key: number, readOnly: boolean): Attachment {
  const wanted = keyOf(key);
  if (wanted === IPC_PRIVATE) throw new RangeError("Memory without a key is found by its id");
  for (;;) {
    const id = shmget(wanted, 0, 0);
    if (id < 0) throw refused("open", wanted, -id);
    const found = { id, key: wanted, created: false, readOnly };
    const address = attach(found);
    // It was removed in between: there is none of this key any more, or another one.
    if (address === -ERRNO.EINVAL || address === -ERRNO.EIDRM) continue;
    if (address < 0) throw notAttached(found, -address);
    return described(found, address);
  }
}

/** Attach what has this id. */
export function attachFound(found: Found): Attachment {
  const address = attach(found);
  if (address < 0) throw notAttached(found, -address);
  return described(found, address);
}

/** What this process has just made does not stay if it cannot be attached. */
function forget({ id, created }: Found): void {
  if (created) shmctl(id, IPC.IPC_RMID, null);
}

/** Its address, or -errno. */
function attach({ id, readOnly }: Found): number {
  return shmat(id, 0, readOnly ? SHM.SHM_RDONLY : 0);
}

/** Asked once it is attached: it cannot go away any more. */
function described(found: Found, address: number): Attachment {
  const stat = readStat(found.id);
  if (typeof stat === "number") {
    forget(found);
    shmdt(address);
  }
  const { key, size } = known(stat, `ask for the size of ${memoryName(found.id, found.key)}`, found.key);
  return { ...found, key: found.key === IPC_PRIVATE ? key : found.key, address, size };
}

/** What the kernel told, or the error that it is. */
export function known(stat: SharedMemoryStat | number, doing: string, key: number): SharedMemoryStat {
  if (typeof stat !== "number") return stat;
  throw syscallError(doing, -stat, "shmctl", { key });
}

function refused(verb: string, key: number, errno: number): Error {
  const what = key === IPC_PRIVATE ? "private shared memory" : `shared memory ${keyText(key)}`;
  return syscallError(`${verb} ${what}`, errno, "shmget", { key });
}

function notAttached({ id, key }: Found, errno: number): Error {
  return syscallError(`attach ${memoryName(id, key)}`, errno, "shmat", { key });
}
