/** Getting rid of the controlling terminal. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { IOCTL } from "../../ffi/abi/sys_ioctl.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { ioctl } from "../../ffi/sys_ioctl.ts";
import { close, getsid, setsid } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { localSignal } from "../signals/mod.ts";

/**
 * Give up the controlling terminal: what is typed there, ^C among it, and its hang-up reach this process no more. Standard
 * streams that are on it stay there.
 *
 * Where it can it begins a session of its own, whose leader it is (setsid). The leader of a process group cannot; it gives
 * up the terminal alone (TIOCNOTTY), and stays in its group and session. The leader of a session does so for all of that
 * session; the kernel sends the terminal's foreground group SIGHUP and SIGCONT then, of which this process, if it is in that
 * group, ignores the first.
 *
 * @returns `"session"` if it leads a session of its own now, `"terminal"` if it gave up the terminal alone, `"none"` if there
 * was none to give up and it leads its group already.
 * @throws {SyscallError} if the kernel refuses.
 * @example
 * ```ts
 * import { detachTerminal } from "@vasty/vasty";
 *
 * console.assert(["session", "terminal", "none"].includes(detachTerminal()));
 * ```
 * @see setsid(2), ioctl_tty(2)
 */
export function detachTerminal(): "session" | "terminal" | "none" {
  const rc = setsid();
  if (rc >= 0) return "session";
  // EPERM: it leads a process group.
  if (rc !== -ERRNO.EPERM) check(rc, "begin a session", "setsid");
  const path = "/dev/tty";
  const terminal = open(cString(path), FCNTL.O_RDWR | FCNTL.O_NOCTTY | FCNTL.O_CLOEXEC | FCNTL.O_NONBLOCK, 0);
  if (terminal === -ERRNO.ENXIO || terminal === -ERRNO.ENOENT) return "none";
  check(terminal, `open "${path}"`, "open", { path });
  try {
    giveUp(terminal);
  } finally {
    close(terminal);
  }
  return "terminal";
}

function giveUp(terminal: number): void {
  using _deaf = getsid(0) === Deno.pid ? localSignal(SIGNAL.SIGHUP, "IGNORE") : undefined;
  check(ioctl(terminal, IOCTL.TIOCNOTTY, 0), "give up the terminal", "ioctl");
}
