/** The size of a terminal, as the kernel has been told. */
import { WINSIZE } from "../../ffi/abi/termios.ts";
import { tcgetwinsize, tcsetwinsize } from "../../ffi/termios.ts";
import { check } from "../core/errors.ts";
import type { Terminal } from "./terminal_target.ts";

/** A `struct winsize`. @throws {SyscallError} if it is no terminal. */
function readSize({ fd, name }: Terminal): DataView<ArrayBuffer> {
  const size = new DataView(new ArrayBuffer(WINSIZE.sizeof));
  check(tcgetwinsize(fd, size), `read the size of ${name}`, "ioctl", { fd });
  return size;
}

/** How many rows and columns of characters it has. @throws {SyscallError} if it is no terminal. */
export function terminalRowsAndColumns(terminal: Terminal): { rows: number; cols: number } {
  const size = readSize(terminal);
  return { rows: size.getUint16(WINSIZE.ws_row, true), cols: size.getUint16(WINSIZE.ws_col, true) };
}

/** Change what is given of the size; its pixels stay. @throws {SyscallError} if it is no terminal. */
export function changeRowsAndColumns(terminal: Terminal, { rows, cols }: { rows?: number; cols?: number }): void {
  const size = readSize(terminal);
  if (rows !== undefined) size.setUint16(WINSIZE.ws_row, rows, true);
  if (cols !== undefined) size.setUint16(WINSIZE.ws_col, cols, true);
  const { fd, name } = terminal;
  check(tcsetwinsize(fd, size), `change the size of ${name}`, "ioctl", { fd });
}
