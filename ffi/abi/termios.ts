/** <termios.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const termios_h = {
  INLCR: [0o100, 0o100],
  IGNCR: [0o200, 0o200],
  ICRNL: [0o400, 0o400],
  ISIG: [0o1, 0o1],
  ICANON: [0o2, 0o2],
  NOFLSH: [0o200, 0o200],
  IEXTEN: [0o100000, 0o100000],
  VINTR: [0, 0],
  VQUIT: [1, 1],
  VKILL: [3, 3],
  VEOF: [4, 4],
  VSUSP: [10, 10],
  VEOL: [11, 11],
  VLNEXT: [15, 15],
  VEOL2: [16, 16],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_termios = {
  sizeof: [60, 60],
  c_iflag: [0, 0],
  c_oflag: [4, 4],
  c_cflag: [8, 8],
  c_lflag: [12, 12],
  c_line: [16, 16],
  c_cc: [17, 17],
} as const satisfies Record<string, Row>;

/** This machine's constants of <termios.h>. */
export const TERMIOS = column(termios_h);
/** Where the fields of `struct termios` lie. */
export const STRUCT_TERMIOS = column(struct_termios);
