/** <spawn.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const spawn_h = {
  POSIX_SPAWN_SETPGROUP: [0x02, 0x02],
  POSIX_SPAWN_SETSIGDEF: [0x04, 0x04],
  POSIX_SPAWN_SETSIGMASK: [0x08, 0x08],
  POSIX_SPAWN_SETSID: [0x80, 0x80],
} as const satisfies Record<string, Row>;

/** Both columns: posix_spawn_file_actions_t and posix_spawnattr_t. */
export const spawn_types = {
  posix_spawn_file_actions_t: [80, 80],
  posix_spawnattr_t: [336, 336],
} as const satisfies Record<string, Row>;

/** This machine's flags of posix_spawnattr_setflags(3). */
export const SPAWN = column(spawn_h);
/** This machine's sizes. */
export const SPAWN_SIZE = column(spawn_types);
