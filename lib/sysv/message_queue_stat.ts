/** What the kernel knows of System V message queues. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { MSG, MSGINFO, MSQID_DS } from "../../ffi/abi/sys_msg.ts";
import { msgctl } from "../../ffi/sys_msg.ts";
import { changeOwner, dateAt, type IpcOwnerChange, type IpcStat, ipcStat } from "./ipc_object.ts";

/** What the kernel knows of a message queue. */
export interface MessageQueueStat extends IpcStat {
  /** How many messages are in it. */
  readonly messages: number;
  /** How many bytes they have together, types left out. */
  readonly bytes: number;
  /** How many bytes they may have together. There are no more messages than that either, so empty ones count as well. */
  readonly maxBytes: number;
  /** When the last message was sent; undefined if none was. */
  readonly lastSent: Date | undefined;
  /** When the last message was received; undefined if none was. */
  readonly lastReceived: Date | undefined;
  /** The process that sent the last one; 0 if there is none, or it belongs to a namespace that this process does not see. */
  readonly lastSendPid: number;
  /** The process that received the last one; 0 likewise. */
  readonly lastReceivePid: number;
}

/** What can be changed of a queue by its owner, its creator or root. */
export interface MessageQueueChange extends IpcOwnerChange {
  /** How many bytes its messages may have together: more than `/proc/sys/kernel/msgmnb` is for root alone. */
  maxBytes?: number;
}

/** What is known of the queue with this id, or -errno. */
export function readQueueStat(id: number): MessageQueueStat | number {
  const ds = queueStructure();
  const rc = msgctl(id, IPC.IPC_STAT, ds);
  return rc < 0 ? rc : queueStat(ds, id);
}

/** The key of the queue with this id, or -errno. Who may not read it may know as much as /proc/sysvipc/msg tells everybody. */
export function queueKey(id: number): number {
  const ds = queueStructure();
  let rc = msgctl(id, IPC.IPC_STAT, ds);
  if (rc === -ERRNO.EACCES && msgctl(id, MSG.MSG_STAT_ANY, ds) === id) rc = 0;
  return rc < 0 ? rc : queueStat(ds, id).key;
}

/** Change it: 0, or -errno. @throws {RangeError} if something is out of range. */
export function changeQueue(id: number, change: MessageQueueChange): number {
  putChange(queueStructure(), change);
  const ds = queueStructure();
  const rc = msgctl(id, IPC.IPC_STAT, ds);
  if (rc < 0) return rc;
  putChange(ds, change);
  return msgctl(id, IPC.IPC_SET, ds);
}

function putChange(ds: DataView, { maxBytes, ...owner }: MessageQueueChange): void {
  changeOwner(ds, owner);
  if (maxBytes === undefined) return;
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
    throw new RangeError(`maxBytes must be an integer from 0 on: ${maxBytes}`);
  }
  ds.setBigUint64(MSQID_DS.msg_qbytes, BigInt(maxBytes), true);
}

/** Room for a `struct msqid_ds`. */
export function queueStructure(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(MSQID_DS.sizeof));
}

/** What a `struct msqid_ds` says. */
export function queueStat(ds: DataView, id: number): MessageQueueStat {
  return {
    ...ipcStat(ds, id, MSQID_DS.msg_ctime),
    messages: Number(ds.getBigUint64(MSQID_DS.msg_qnum, true)),
    bytes: Number(ds.getBigUint64(MSQID_DS.__msg_cbytes, true)),
    maxBytes: Number(ds.getBigUint64(MSQID_DS.msg_qbytes, true)),
    lastSent: dateAt(ds, MSQID_DS.msg_stime),
    lastReceived: dateAt(ds, MSQID_DS.msg_rtime),
    lastSendPid: ds.getInt32(MSQID_DS.msg_lspid, true),
    lastReceivePid: ds.getInt32(MSQID_DS.msg_lrpid, true),
  };
}

/** The system's limits, as `/proc/sys/kernel` has them. */
export interface QueueLimits {
  /** How many bytes one message may have. */
  readonly msgmax: number;
  /** How many queues there may be. */
  readonly msgmni: number;
}

/** What the system allows, 0 if it does not tell. */
export function queueLimits(): QueueLimits {
  const info = new DataView(new ArrayBuffer(MSGINFO.sizeof));
  msgctl(0, MSG.MSG_INFO, info);
  return { msgmax: info.getInt32(MSGINFO.msgmax, true), msgmni: info.getInt32(MSGINFO.msgmni, true) };
}
