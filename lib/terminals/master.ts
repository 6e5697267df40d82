/** Opening the master of a pseudo-terminal, and its slave. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { IOCTL } from "../../ffi/abi/sys_ioctl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { grantpt, posix_openpt, ptsname_r, unlockpt } from "../../ffi/stdlib.ts";
import { ioctl } from "../../ffi/sys_ioctl.ts";
import { close } from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";

/** Never the controlling terminal of this program, never a child's by accident. */
const FLAGS = FCNTL.O_RDWR | FCNTL.O_NOCTTY | FCNTL.O_CLOEXEC;
const LONGEST_PATH = 4_096;

/** A master and the path of its slave. @throws {SyscallError} `ENOSPC` if there are too many, `EMFILE`, `ENOENT`. */
export function openMaster(): { master: Fd; path: string } {
  const number = aboveStandard(uninterrupted(() => posix_openpt(FLAGS | FCNTL.O_NONBLOCK)));
  if (number === -ERRNO.ENOSPC) {
    const doing = "open a pseudo-terminal, as all that /proc/sys/kernel/pty/max allows are in use";
    throw syscallError(doing, ERRNO.ENOSPC, "posix_openpt", { path: "/dev/ptmx" });
  }
  check(number, "open a pseudo-terminal", "posix_openpt", { path: "/dev/ptmx" });
  try {
    check(grantpt(number), "grant access to a pseudo-terminal", "grantpt");
    check(unlockpt(number), "unlock a pseudo-terminal", "unlockpt");
    const name = new Uint8Array(LONGEST_PATH);
    check(ptsname_r(number, name, name.length), "name a pseudo-terminal", "ptsname_r");
    return { master: Fd.made(number), path: new TextDecoder().decode(name.subarray(0, name.indexOf(0))) };
  } catch (error) {
    close(number);
    throw error;
  }
}

/**
 * The slave of `master`. The kernel opens it of the master itself, so that it is the right one whatever is mounted at its
 * path; where it does not know of that (`ENOTTY`), by its path.
 */
export function openSlave(master: Fd, path: string): Fd {
  let fd = uninterrupted(() => ioctl(master.number, IOCTL.TIOCGPTPEER, FLAGS));
  if (fd === -ERRNO.ENOTTY || fd === -ERRNO.EINVAL) fd = uninterrupted(() => open(cString(path), FLAGS, 0));
  return Fd.made(check(aboveStandard(fd), `open terminal "${path}"`, "ioctl", { path }));
}

/** Whoever opens a terminal waits for its lock, and a signal ends that wait: once more then. */
function uninterrupted(call: () => number): number {
  for (;;) {
    const rc = call();
    if (rc !== -ERRNO.EINTR) return rc;
  }
}
