/** The process group in the foreground of a terminal, seen from its master. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { IOCTL } from "../../ffi/abi/sys_ioctl.ts";
import { textOf } from "../../ffi/proc.ts";
import { kill } from "../../ffi/signal.ts";
import { ioctl } from "../../ffi/sys_ioctl.ts";
import { tcgetpgrp } from "../../ffi/termios.ts";
import { check } from "../core/errors.ts";

/** Those that can be typed: the kernel sends them for the master, whoever the group belongs to. */
const TYPED: readonly number[] = [SIGNAL.SIGINT, SIGNAL.SIGQUIT, SIGNAL.SIGTSTP];

/** Its number; undefined if the terminal has none. */
export function foregroundGroupOf(fd: number): number | undefined {
  const group = check(tcgetpgrp(fd), "ask for the foreground group", "tcgetpgrp", { fd });
  return group > 0 ? group : undefined;
}

/** The name of the program that leads `group`, without its folder; undefined if its leader has ended. */
export function programNameOf(group: number): string | undefined {
  const line = textOf(`/proc/${group}/cmdline`);
  const program = typeof line === "string" ? line.slice(0, Math.max(0, line.indexOf("\0"))) : "";
  // A login shell has a dash before its name; who ends, or has changed its arguments, may have none.
  const name = program.slice(program.lastIndexOf("/") + 1).replace(/^-/, "");
  if (name !== "") return name;
  const kernel = textOf(`/proc/${group}/comm`);
  return typeof kernel === "string" && kernel.trim() !== "" ? kernel.trim() : undefined;
}

/** Send the group a signal: whether there was one. @throws {SyscallError} `EPERM` if it is another user's. */
export function signalForeground(fd: number, signal: number): boolean {
  const group = foregroundGroupOf(fd);
  if (group === undefined) return false;
  // An emulator may not know of this; then it is a signal as any other.
  if (TYPED.includes(signal) && ioctl(fd, IOCTL.TIOCSIG, signal) >= 0) return true;
  const rc = kill(-group, signal);
  if (rc === -ERRNO.ESRCH) return false;
  check(rc, `signal the foreground group ${group}`, "kill", { pid: group });
  return true;
}
