/** <sys/shm.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_shm_h = {
  SHM_RDONLY: [0o10000, 0o10000],
  SHM_NORESERVE: [0o10000, 0o10000],
  SHM_LOCK: [11, 11],
  SHM_UNLOCK: [12, 12],
  SHM_INFO: [14, 14],
  SHM_STAT_ANY: [15, 15],
  SHM_DEST: [0o1000, 0o1000],
  SHM_LOCKED: [0o2000, 0o2000],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_shmid_ds = {
  sizeof: [112, 112],
  shm_perm: [0, 0],
  shm_segsz: [48, 48],
  shm_atime: [56, 56],
  shm_dtime: [64, 64],
  shm_ctime: [72, 72],
  shm_cpid: [80, 80],
  shm_lpid: [84, 84],
  shm_nattch: [88, 88],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_shminfo = {
  sizeof: [72, 72],
  shmmax: [0, 0],
  shmmin: [8, 8],
  shmmni: [16, 16],
  shmall: [32, 32],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_shm_info = {
  sizeof: [48, 48],
  used_ids: [0, 0],
} as const satisfies Record<string, Row>;

/** This machine's constants of <sys/shm.h>. */
export const SHM = column(sys_shm_h);
/** Where the fields of `struct shmid_ds` lie. */
export const SHMID_DS = column(struct_shmid_ds);
/** Where the fields of `struct shminfo` lie. */
export const SHMINFO = column(struct_shminfo);
/** Where the fields of `struct shm_info` lie. */
export const SHM_INFO = column(struct_shm_info);
