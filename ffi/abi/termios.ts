/** <termios.h>, and the requests of ioctl(2) that are about terminals. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe: input modes. */
export const c_iflag_h = {
  IGNBRK: [1, 1],
  BRKINT: [2, 2],
  IGNPAR: [4, 4],
  PARMRK: [8, 8],
  INPCK: [0x10, 0x10],
  ISTRIP: [0x20, 0x20],
  INLCR: [0x40, 0x40],
  IGNCR: [0x80, 0x80],
  ICRNL: [0x100, 0x100],
  IUCLC: [0x200, 0x200],
  IXON: [0x400, 0x400],
  IXANY: [0x800, 0x800],
  IXOFF: [0x1000, 0x1000],
  IMAXBEL: [0x2000, 0x2000],
  IUTF8: [0x4000, 0x4000],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: output modes; those that end in DLY are masks of the numbers that follow them. */
export const c_oflag_h = {
  OPOST: [1, 1],
  OLCUC: [2, 2],
  ONLCR: [4, 4],
  OCRNL: [8, 8],
  ONOCR: [0x10, 0x10],
  ONLRET: [0x20, 0x20],
  OFILL: [0x40, 0x40],
  OFDEL: [0x80, 0x80],
  NLDLY: [0x100, 0x100],
  NL1: [0x100, 0x100],
  CRDLY: [0x600, 0x600],
  CR1: [0x200, 0x200],
  CR2: [0x400, 0x400],
  CR3: [0x600, 0x600],
  TABDLY: [0x1800, 0x1800],
  TAB1: [0x800, 0x800],
  TAB2: [0x1000, 0x1000],
  TAB3: [0x1800, 0x1800],
  BSDLY: [0x2000, 0x2000],
  BS1: [0x2000, 0x2000],
  VTDLY: [0x4000, 0x4000],
  VT1: [0x4000, 0x4000],
  FFDLY: [0x8000, 0x8000],
  FF1: [0x8000, 0x8000],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: control modes; CSIZE is the mask of the sizes, CBAUD and CIBAUD those of the speeds. */
export const c_cflag_h = {
  CSIZE: [0x30, 0x30],
  CS5: [0, 0],
  CS6: [0x10, 0x10],
  CS7: [0x20, 0x20],
  CS8: [0x30, 0x30],
  CSTOPB: [0x40, 0x40],
  CREAD: [0x80, 0x80],
  PARENB: [0x100, 0x100],
  PARODD: [0x200, 0x200],
  HUPCL: [0x400, 0x400],
  CLOCAL: [0x800, 0x800],
  CMSPAR: [0x40000000, 0x40000000],
  CRTSCTS: [0x80000000, 0x80000000],
  CBAUD: [0x100f, 0x100f],
  CIBAUD: [0x100f0000, 0x100f0000],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: local modes. */
export const c_lflag_h = {
  ISIG: [1, 1],
  ICANON: [2, 2],
  XCASE: [4, 4],
  ECHO: [8, 8],
  ECHOE: [0x10, 0x10],
  ECHOK: [0x20, 0x20],
  ECHONL: [0x40, 0x40],
  NOFLSH: [0x80, 0x80],
  TOSTOP: [0x100, 0x100],
  ECHOCTL: [0x200, 0x200],
  ECHOPRT: [0x400, 0x400],
  ECHOKE: [0x800, 0x800],
  FLUSHO: [0x1000, 0x1000],
  PENDIN: [0x4000, 0x4000],
  IEXTEN: [0x8000, 0x8000],
  EXTPROC: [0x10000, 0x10000],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: where each special character lies in `c_cc`. */
export const c_cc_h = {
  VINTR: [0, 0],
  VQUIT: [1, 1],
  VERASE: [2, 2],
  VKILL: [3, 3],
  VEOF: [4, 4],
  VTIME: [5, 5],
  VMIN: [6, 6],
  VSWTC: [7, 7],
  VSTART: [8, 8],
  VSTOP: [9, 9],
  VSUSP: [10, 10],
  VEOL: [11, 11],
  VREPRINT: [12, 12],
  VDISCARD: [13, 13],
  VWERASE: [14, 14],
  VLNEXT: [15, 15],
  VEOL2: [16, 16],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: what stands for a speed within CBAUD, as the kernel has it; newer versions of libc have other numbers. */
export const speeds_h = {
  B0: [0, 0],
  B50: [1, 1],
  B75: [2, 2],
  B110: [3, 3],
  B134: [4, 4],
  B150: [5, 5],
  B200: [6, 6],
  B300: [7, 7],
  B600: [8, 8],
  B1200: [9, 9],
  B1800: [0xa, 0xa],
  B2400: [0xb, 0xb],
  B4800: [0xc, 0xc],
  B9600: [0xd, 0xd],
  B19200: [0xe, 0xe],
  B38400: [0xf, 0xf],
  B57600: [0x1001, 0x1001],
  B115200: [0x1002, 0x1002],
  B230400: [0x1003, 0x1003],
  B460800: [0x1004, 0x1004],
  B500000: [0x1005, 0x1005],
  B576000: [0x1006, 0x1006],
  B921600: [0x1007, 0x1007],
  B1000000: [0x1008, 0x1008],
  B1152000: [0x1009, 0x1009],
  B1500000: [0x100a, 0x100a],
  B2000000: [0x100b, 0x100b],
  B2500000: [0x100c, 0x100c],
  B3000000: [0x100d, 0x100d],
  B3500000: [0x100e, 0x100e],
  B4000000: [0x100f, 0x100f],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe: what tcflush(3) and tcflow(3) are asked for. */
export const line_control_h = {
  TCIFLUSH: [0, 0],
  TCOFLUSH: [1, 1],
  TCIOFLUSH: [2, 2],
  TCOOFF: [0, 0],
  TCOON: [1, 1],
  TCIOFF: [2, 2],
  TCION: [3, 3],
} as const satisfies Record<string, Row>;

/**
 * Both columns, for the probe. ioctl(2) knows the first 36 bytes, which end with the 19th of the characters: what follows is
 * libc's.
 */
export const struct_termios = {
  sizeof: [60, 60],
  c_iflag: [0, 0],
  c_oflag: [4, 4],
  c_cflag: [8, 8],
  c_lflag: [12, 12],
  c_line: [16, 16],
  c_cc: [17, 17],
  c_ispeed: [52, 52],
} as const satisfies Record<string, Row>;

/** This machine's input modes. */
export const INPUT_MODE = column(c_iflag_h);

/** This machine's output modes. */
export const OUTPUT_MODE = column(c_oflag_h);

/** This machine's control modes. */
export const CONTROL_MODE = column(c_cflag_h);

/** This machine's local modes. */
export const LOCAL_MODE = column(c_lflag_h);

/** This machine's places of the special characters. */
export const CHARACTER = column(c_cc_h);

/** This machine's speeds. */
export const SPEED = column(speeds_h);

/** What this machine's tcflush(3) and tcflow(3) take. */
export const LINE_CONTROL = column(line_control_h);

/** Where the fields of `struct termios` lie. */
export const TERMIOS = column(struct_termios);
