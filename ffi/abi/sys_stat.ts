/** <sys/stat.h>. statx(2) fills one structure on every architecture, and Debian's glibc 2.31 has no fstat(3) to call. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_stat_h = {
  STATX_TYPE: [0x1, 0x1],
  STATX_MODE: [0x2, 0x2],
  STATX_UID: [0x8, 0x8],
  STATX_GID: [0x10, 0x10],
  STATX_INO: [0x100, 0x100],
  STATX_SIZE: [0x200, 0x200],
  S_IFMT: [0o170000, 0o170000],
  S_IFSOCK: [0o140000, 0o140000],
  S_IFLNK: [0o120000, 0o120000],
  S_IFREG: [0o100000, 0o100000],
  S_IFBLK: [0o60000, 0o60000],
  S_IFDIR: [0o40000, 0o40000],
  S_IFCHR: [0o20000, 0o20000],
  S_IFIFO: [0o10000, 0o10000],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_statx = {
  sizeof: [256, 256],
  stx_uid: [20, 20],
  stx_gid: [24, 24],
  stx_mode: [28, 28],
  stx_ino: [32, 32],
  stx_size: [40, 40],
  stx_dev_major: [136, 136],
  stx_dev_minor: [140, 140],
} as const satisfies Record<string, Row>;

/** This machine's constants of <sys/stat.h>. */
export const STAT = column(sys_stat_h);
/** Where the fields of `struct statx` lie. */
export const STATX = column(struct_statx);
