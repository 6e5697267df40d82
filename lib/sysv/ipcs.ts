/** All System V objects that there are, and the removal of any of them, as ipcs(1) and ipcrm(1) have it. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { MSG, MSGINFO, MSQID_DS } from "../../ffi/abi/sys_msg.ts";
import { SEM, SEMID_DS, SEMINFO } from "../../ffi/abi/sys_sem.ts";
import { SHM, SHMID_DS, SHMINFO } from "../../ffi/abi/sys_shm.ts";
import { msgctl } from "../../ffi/sys_msg.ts";
import { semctl, semctlMemory } from "../../ffi/sys_sem.ts";
import { shmctl } from "../../ffi/sys_shm.ts";
import { check } from "../core/errors.ts";
import { requireFile } from "../core/permissions.ts";
import { checkId } from "./ipc_object.ts";
import { type MessageQueueStat, queueStat } from "./message_queue_stat.ts";
import { type SemaphoreStat, setStat } from "./semaphore_stat.ts";
import { memoryStat, type SharedMemoryStat } from "./shared_memory_stat.ts";

/** The kinds of System V objects, as `/proc/sysvipc` names them: shared memory, sets of semaphores, message queues. */
export type IpcKind = "shm" | "sem" | "msg";

/** How the kernel is asked about one kind. */
interface Listing<S> {
  readonly kind: IpcKind;
  readonly syscall: string;
  readonly control: (id: number, command: number, ds: DataView<ArrayBuffer>) => number;
  /** Gives the highest place that is taken in the kernel's table, and something that nobody here needs. */
  readonly info: number;
  /** Gives what is at a place, and its id, to everybody. */
  readonly statAny: number;
  /** The length of what both write. */
  readonly size: number;
  readonly decode: (ds: DataView, id: number) => S;
}

const SHARED_MEMORY: Listing<SharedMemoryStat> = {
  kind: "shm",
  syscall: "shmctl",
  control: (id, command, ds) => shmctl(id, command, ds),
  info: SHM.SHM_INFO,
  statAny: SHM.SHM_STAT_ANY,
  size: Math.max(SHMID_DS.sizeof, SHMINFO.sizeof),
  decode: memoryStat,
};

const SEMAPHORES: Listing<SemaphoreStat> = {
  kind: "sem",
  syscall: "semctl",
  control: (id, command, ds) => semctlMemory(id, 0, command, ds),
  info: SEM.SEM_INFO,
  statAny: SEM.SEM_STAT_ANY,
  size: Math.max(SEMID_DS.sizeof, SEMINFO.sizeof),
  decode: setStat,
};

const QUEUES: Listing<MessageQueueStat> = {
  kind: "msg",
  syscall: "msgctl",
  control: (id, command, ds) => msgctl(id, command, ds),
  info: MSG.MSG_INFO,
  statAny: MSG.MSG_STAT_ANY,
  size: Math.max(MSQID_DS.sizeof, MSGINFO.sizeof),
  decode: queueStat,
};

function list<S>({ kind, syscall, control, info, statAny, size, decode }: Listing<S>): S[] {
  requireFile("read", `/proc/sysvipc/${kind}`);
  const ds = new DataView(new ArrayBuffer(size));
  const highest = check(control(0, info, ds), `list /proc/sysvipc/${kind}`, syscall);
  const found: S[] = [];
  for (let place = 0; place <= highest; place++) {
    const id = control(place, statAny, ds);
    if (id >= 0) found.push(decode(ds, id));
    // Nothing is there, or not any more.
    else if (id !== -ERRNO.EINVAL && id !== -ERRNO.EIDRM) check(id, `list /proc/sysvipc/${kind}`, syscall);
  }
  return found;
}

/**
 * All System V shared memory of this machine, or of this container, whoever it belongs to, as `ipcs -m` lists it.
 *
 * @returns What the kernel knows of each, in the order of its table.
 * @throws {Deno.errors.NotCapable} without `read` permission for `/proc/sysvipc/shm`, which tells the same.
 * @example Who has left something behind
 * ```ts
 * import { IPC_PRIVATE, ipcrm, sharedMemories, SharedMemory } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 4096);
 * for (const { id, size, creatorPid, attached } of sharedMemories()) {
 *   console.log(id, `${size} bytes of process ${creatorPid}, attached ${attached} times`);
 * }
 * ipcrm("shm", memory.id);
 * ```
 * @see shmctl(2), ipcs(1)
 */
export function sharedMemories(): SharedMemoryStat[] {
  return list(SHARED_MEMORY);
}

/**
 * All sets of System V semaphores of this machine, or of this container, whoever they belong to, as `ipcs -s` lists them.
 *
 * @returns What the kernel knows of each, in the order of its table.
 * @throws {Deno.errors.NotCapable} without `read` permission for `/proc/sysvipc/sem`, which tells the same.
 * @example
 * ```ts
 * import { IPC_PRIVATE, SemaphoreSet, semaphoreSets } from "@vasty/vasty";
 *
 * using set = SemaphoreSet.create(IPC_PRIVATE, 10);
 * console.assert(semaphoreSets().some(({ id, count }) => id === set.id && count === 10));
 * set.remove();
 * ```
 * @see semctl(2), ipcs(1)
 */
export function semaphoreSets(): SemaphoreStat[] {
  return list(SEMAPHORES);
}

/**
 * All System V message queues of this machine, or of this container, whoever they belong to, as `ipcs -q` lists them.
 *
 * @returns What the kernel knows of each, in the order of its table.
 * @throws {Deno.errors.NotCapable} without `read` permission for `/proc/sysvipc/msg`, which tells the same.
 * @example
 * ```ts
 * import { IPC_PRIVATE, MessageQueue, messageQueues } from "@vasty/vasty";
 *
 * using queue = MessageQueue.create(IPC_PRIVATE);
 * console.assert(messageQueues().some(({ id, messages }) => id === queue.id && messages === 0));
 * queue.remove();
 * ```
 * @see msgctl(2), ipcs(1)
 */
export function messageQueues(): MessageQueueStat[] {
  return list(QUEUES);
}

const REMOVALS: Record<IpcKind, [what: string, syscall: string, remove: (id: number) => number]> = {
  shm: ["shared memory", "shmctl", (id) => shmctl(id, IPC.IPC_RMID, null)],
  sem: ["semaphore set", "semctl", (id) => semctl(id, 0, IPC.IPC_RMID, 0)],
  msg: ["message queue", "msgctl", (id) => msgctl(id, IPC.IPC_RMID, null)],
};

/**
 * Remove an object by its id, without using it. Who waits for a set or a queue fails with `EIDRM`; shared memory goes when all have detached it.
 *
 * @param kind What it is: `"shm"`, `"sem"` or `"msg"`.
 * @param id Its id.
 * @throws {TypeError} if the kind is none.
 * @throws {RangeError} if the id is none.
 * @throws {SyscallError} `EINVAL` or `EIDRM` if there is none such, `EPERM` if this user is neither its owner, nor its creator,
 * nor root.
 * @example
 * ```ts
 * import { IPC_PRIVATE, ipcrm, MessageQueue } from "@vasty/vasty";
 *
 * using queue = MessageQueue.create(IPC_PRIVATE);
 * ipcrm("msg", queue.id);
 * ```
 * @see ipcrm(1)
 */
export function ipcrm(kind: IpcKind, id: number): void {
  if (!Object.hasOwn(REMOVALS, kind)) throw new TypeError(`A kind is "shm", "sem" or "msg": ${Deno.inspect(kind)}`);
  const [what, syscall, remove] = REMOVALS[kind];
  check(remove(checkId(id)), `remove ${what} of id ${id}`, syscall);
}
