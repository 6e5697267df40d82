/** <sys/mman.h>, and the calls that are made before there is a door. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_mman_h = {
  PROT_READ: [1, 1],
  PROT_WRITE: [2, 2],
  PROT_EXEC: [4, 4],
  MAP_SHARED: [0x01, 0x01],
  MAP_PRIVATE: [0x02, 0x02],
  MAP_ANONYMOUS: [0x20, 0x20],
  SYS_mmap: [9, 222],
  SYS_mprotect: [10, 226],
} as const satisfies Record<string, Row>;

/** This machine's constants. */
export const MMAN = column(sys_mman_h);
