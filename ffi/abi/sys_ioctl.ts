/** <sys/ioctl.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_ioctl_h = {
  TIOCSCTTY: [0x540e, 0x540e],
  TIOCGPGRP: [0x540f, 0x540f],
  TIOCSPGRP: [0x5410, 0x5410],
  TIOCGWINSZ: [0x5413, 0x5413],
  TIOCSWINSZ: [0x5414, 0x5414],
  TIOCNOTTY: [0x5422, 0x5422],
  TIOCGPTPEER: [0x5441, 0x5441],
  TIOCSIG: [0x40045436, 0x40045436],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_winsize = {
  sizeof: [8, 8],
  ws_row: [0, 0],
  ws_col: [2, 2],
  ws_xpixel: [4, 4],
  ws_ypixel: [6, 6],
} as const satisfies Record<string, Row>;

/** This machine's requests. */
export const IOCTL = column(sys_ioctl_h);
/** Where the fields of `struct winsize` lie. */
export const WINSIZE = column(struct_winsize);
