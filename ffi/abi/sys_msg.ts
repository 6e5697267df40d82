/** <sys/msg.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_msg_h = {
  MSG_NOERROR: [0o10000, 0o10000],
  MSG_EXCEPT: [0o20000, 0o20000],
  MSG_COPY: [0o40000, 0o40000],
  MSG_INFO: [12, 12],
  MSG_STAT_ANY: [13, 13],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_msqid_ds = {
  sizeof: [120, 120],
  msg_perm: [0, 0],
  msg_stime: [48, 48],
  msg_rtime: [56, 56],
  msg_ctime: [64, 64],
  __msg_cbytes: [72, 72],
  msg_qnum: [80, 80],
  msg_qbytes: [88, 88],
  msg_lspid: [96, 96],
  msg_lrpid: [100, 100],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_msginfo = {
  sizeof: [32, 32],
  msgmax: [8, 8],
  msgmnb: [12, 12],
  msgmni: [16, 16],
} as const satisfies Record<string, Row>;

/** This machine's constants of <sys/msg.h>. */
export const MSG = column(sys_msg_h);
/** Where the fields of `struct msqid_ds` lie. */
export const MSQID_DS = column(struct_msqid_ds);
/** Where the fields of `struct msginfo` lie. */
export const MSGINFO = column(struct_msginfo);
