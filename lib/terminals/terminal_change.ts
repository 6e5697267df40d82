/** Changing a terminal's modes, so that whoever puts them back knows what was in force. */
import { terminalDevice } from "../../ffi/termios.ts";
import { type ChangeTime, type TerminalMode, writeMode } from "./terminal_mode.ts";
import { terminalPath } from "./terminal_name.ts";
import type { Terminal } from "./terminal_target.ts";

/** What the program last set each terminal to, of those that are to be put back. */
const inForce = new Map<string, TerminalMode>();

/** Names a terminal, whichever descriptor of it is at hand, a pty's other side included. */
export function terminalKey({ fd }: Terminal): string {
  const device = terminalDevice(fd);
  // Emulators do not know the request.
  return device < 0 ? terminalPath(fd) ?? `descriptor ${fd}` : `device ${device}`;
}

/** Set the terminal. @throws {SyscallError} if that fails. */
export function changeMode(terminal: Terminal, mode: TerminalMode, when: ChangeTime): void {
  writeMode(terminal, mode, when);
  if (inForce.size === 0) return;
  const key = terminalKey(terminal);
  if (inForce.has(key)) inForce.set(key, mode.copy());
}

/** Begin to note, or no longer, what the terminal is set to. */
export function noteMode(key: string, mode: TerminalMode | undefined): void {
  mode === undefined ? inForce.delete(key) : inForce.set(key, mode.copy());
}

/** What the program last set it to. */
export function modeInForce(key: string): TerminalMode | undefined {
  return inForce.get(key);
}
