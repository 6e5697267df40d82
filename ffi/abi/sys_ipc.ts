/** <sys/ipc.h>: what the three kinds of System V objects share. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_ipc_h = {
  IPC_PRIVATE: [0, 0],
  IPC_RMID: [0, 0],
  IPC_SET: [1, 1],
  IPC_STAT: [2, 2],
  IPC_CREAT: [0o1000, 0o1000],
  IPC_EXCL: [0o2000, 0o2000],
  IPC_NOWAIT: [0o4000, 0o4000],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_ipc_perm = {
  sizeof: [48, 48],
  __key: [0, 0],
  uid: [4, 4],
  gid: [8, 8],
  cuid: [12, 12],
  cgid: [16, 16],
  mode: [20, 20],
  __seq: [24, 24],
} as const satisfies Record<string, Row>;

/** This machine's constants of <sys/ipc.h>. */
export const IPC = column(sys_ipc_h);
/** Where the fields of `struct ipc_perm` lie. */
export const IPC_PERM = column(struct_ipc_perm);
