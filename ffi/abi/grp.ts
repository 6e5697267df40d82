/** <grp.h>. */
import { column, type Row } from "./column.ts";

/** Both columns: struct group. */
export const struct_group = {
  sizeof: [32, 32],
  gr_gid: [16, 16],
} as const satisfies Record<string, Row>;

/** This machine's struct group. */
export const GROUP = column(struct_group);
