/** <sys/ioctl.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_ioctl_h = {
  TCGETS: [0x5401, 0x5401],
  TCSETS: [0x5402, 0x5402],
  TCSETSW: [0x5403, 0x5403],
  TCSETSF: [0x5404, 0x5404],
  TIOCSCTTY: [0x540e, 0x540e],
  TIOCGPGRP: [0x540f, 0x540f],
  TIOCSPGRP: [0x5410, 0x5410],
  TIOCGWINSZ: [0x5413, 0x5413],
  TIOCSWINSZ: [0x5414, 0x5414],
  FIONREAD: [0x541b, 0x541b],
  TIOCNOTTY: [0x5422, 0x5422],
  TIOCGSID: [0x5429, 0x5429],
  TIOCGPTN: [0x80045430, 0x80045430],
  TIOCGDEV: [0x80045432, 0x80045432],
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
