/** <sys/msg.h> */
import { IPC } from "./abi/sys_ipc.ts";
import { SYS } from "./abi/sys_syscall.ts";
import { bind, upperHalf } from "./bind.ts";
import type { Memory } from "./libc.ts";
import { system, systemCall, systemWith } from "./system_call.ts";

// int msgget(key_t key, int msgflg);
export const msgget = bind("msgget", ["int", "int"], "int");

// For a worker, whose message must lie in memory that stays;
// int msgsnd(int msqid, const void *msgp, size_t msgsz, int msgflg);
export const msgsndElsewhere = bind("msgsnd", ["int", "address", "long", "int"], "int");

// For a worker, as above;
// ssize_t msgrcv(int msqid, void *msgp, size_t msgsz, long msgtyp, int msgflg);
export const msgrcvElsewhere = bind("msgrcv", ["int", "address", "long", "long", "int"], "long");

// int msgctl(int msqid, int cmd, struct msqid_ds *buf);
export const msgctl = bind("msgctl", ["int", "int", "buffer"], "int");

const send = systemCall(SYS.SYS_msgsnd);
const sendHalves = new Int32Array(send.buffer);
const receive = systemCall(SYS.SYS_msgrcv);
const receiveHalves = new Int32Array(receive.buffer);

/** msgsnd(2) with IPC_NOWAIT: 0, or -errno. */
export function msgsndNow(id: number, message: Memory, length: number): number {
  sendHalves[2] = id;
  sendHalves[6] = length;
  sendHalves[8] = IPC.IPC_NOWAIT;
  return systemWith(send, message);
}

/** msgrcv(2) with IPC_NOWAIT besides `flags`: the message's length, or -errno. */
export function msgrcvNow(id: number, address: number, length: number, type: number, flags: number): number {
  receiveHalves[2] = id;
  receiveHalves[4] = address;
  receiveHalves[5] = upperHalf(address);
  receiveHalves[6] = length;
  receiveHalves[8] = type;
  receiveHalves[9] = upperHalf(type);
  receiveHalves[10] = flags | IPC.IPC_NOWAIT;
  return system(receive);
}
