/** <sys/sem.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_sem_h = {
  SEM_UNDO: [0o10000, 0o10000],
  GETPID: [11, 11],
  GETVAL: [12, 12],
  GETALL: [13, 13],
  GETNCNT: [14, 14],
  GETZCNT: [15, 15],
  SETVAL: [16, 16],
  SETALL: [17, 17],
  SEM_INFO: [19, 19],
  SEM_STAT_ANY: [20, 20],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_sembuf = {
  sizeof: [6, 6],
  sem_num: [0, 0],
  sem_op: [2, 2],
  sem_flg: [4, 4],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_semid_ds = {
  sizeof: [104, 88],
  sem_perm: [0, 0],
  sem_otime: [48, 48],
  sem_ctime: [64, 56],
  sem_nsems: [80, 64],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_seminfo = {
  sizeof: [40, 40],
  semmni: [4, 4],
  semmns: [8, 8],
  semmsl: [16, 16],
  semopm: [20, 20],
  semvmx: [32, 32],
} as const satisfies Record<string, Row>;

/** This machine's constants of <sys/sem.h>. */
export const SEM = column(sys_sem_h);
/** Where the fields of `struct sembuf` lie. */
export const SEMBUF = column(struct_sembuf);
/** Where the fields of `struct semid_ds` lie. */
export const SEMID_DS = column(struct_semid_ds);
/** Where the fields of `struct seminfo` lie. */
export const SEMINFO = column(struct_seminfo);
