/** How large a terminal's window is. */
import { WINSIZE } from "../../ffi/abi/sys_ioctl.ts";
import { tcgetwinsize, tcsetwinsize } from "../../ffi/termios.ts";
import { check } from "../core/errors.ts";
import type { Terminal } from "./terminal_target.ts";

/** How large a terminal's window is. Each number is from 0 to 65535; 0 is not known. */
export interface WindowSize {
  /** Lines of characters. */
  rows: number;
  /** Characters of a line. */
  cols: number;
  /** Pixels from left to right. @default {0} */
  width?: number;
  /** Pixels from top to bottom. @default {0} */
  height?: number;
}

const FIELDS = [
  ["rows", WINSIZE.ws_row],
  ["cols", WINSIZE.ws_col],
  ["width", WINSIZE.ws_xpixel],
  ["height", WINSIZE.ws_ypixel],
] as const;

/** As the kernel has it. @throws {RangeError} if a number is out of its range. */
export function packWindowSize(size: WindowSize): DataView<ArrayBuffer> {
  const packed = new DataView(new ArrayBuffer(WINSIZE.sizeof));
  for (const [name, offset] of FIELDS) {
    const value = size[name] ?? (name === "width" || name === "height" ? 0 : NaN);
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) {
      throw new RangeError(`${name} is an integer from 0 to 65535, not ${Deno.inspect(value)}`);
    }
    packed.setUint16(offset, value, true);
  }
  return packed;
}

/** The size of the terminal behind `fd`, which is called `name`. @throws {SyscallError} `ENOTTY` if it is none. */
export function windowSizeOf(fd: number, name = `terminal ${fd}`): Required<WindowSize> {
  const packed = new DataView(new ArrayBuffer(WINSIZE.sizeof));
  check(tcgetwinsize(fd, packed), `ask ${name} for its size`, "ioctl", { fd });
  const size = { rows: 0, cols: 0, width: 0, height: 0 };
  for (const [name, offset] of FIELDS) size[name] = packed.getUint16(offset, true);
  return size;
}

/**
 * Set the size of the terminal behind `fd`. Where it differs the kernel tells the foreground group by SIGWINCH.
 *
 * @throws {SyscallError} `ENOTTY` if it is none.
 */
export function setWindowSize(fd: number, packed: DataView<ArrayBuffer>, name = `terminal ${fd}`): void {
  check(tcsetwinsize(fd, packed), `set the size of ${name}`, "ioctl", { fd });
}

/** Change what is given of the size; its pixels stay. @throws {SyscallError} `ENOTTY` if it is no terminal. */
export function changeRowsAndColumns(terminal: Terminal, { rows, cols }: { rows?: number; cols?: number }): void {
  const { fd, name } = terminal;
  const size = windowSizeOf(fd, name);
  setWindowSize(fd, packWindowSize({ ...size, rows: rows ?? size.rows, cols: cols ?? size.cols }), name);
}
