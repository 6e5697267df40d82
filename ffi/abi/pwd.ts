/** <pwd.h>. */
import { column, type Row } from "./column.ts";

/** Both columns: struct passwd. */
export const struct_passwd = {
  sizeof: [48, 48],
  pw_name: [0, 0],
  pw_uid: [16, 16],
  pw_gid: [20, 20],
  pw_dir: [32, 32],
} as const satisfies Record<string, Row>;

/** This machine's struct passwd. */
export const PASSWD = column(struct_passwd);
