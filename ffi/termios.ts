/**
 * <termios.h>. tcgetattr(3) and tcsetattr(3) are these requests of ioctl(2), whose structure is the same for every libc;
 * glibc 2.42 has given its own another meaning.
 */
import { SIGNAL, SIGNAL_ACTION, SIGSET_SIZE } from "./abi/signal.ts";
import { IOCTL } from "./abi/sys_ioctl.ts";
import { TERMIOS } from "./abi/termios.ts";
import { bind } from "./bind.ts";
import type { Memory } from "./libc.ts";
import { pthread_sigmask } from "./signal.ts";
import { ioctlAt } from "./sys_ioctl.ts";

// For a worker: it may block; int tcdrain(int fd);
export const tcdrain = bind("tcdrain", ["int"], "int");

// int tcflush(int fd, int queue_selector);
const flush = bind("tcflush", ["int", "int"], "int");

// int tcflow(int fd, int action);
const flow = bind("tcflow", ["int", "int"], "int");

// For a worker: it blocks; int tcsendbreak(int fd, int duration);
export const tcsendbreak = bind("tcsendbreak", ["int", "int"], "int");

// ERANGE and ENOTTY are among its results; int ttyname_r(int fd, char *buf, size_t buflen);
export const ttyname_r = bind("ttyname_r", ["int", "buffer", "long"], "code");

/**
 * Make a call that changes a terminal. Of a program in the background the kernel would stop the whole group with SIGTTOU; it
 * lets the call through where the calling thread blocks that.
 */
function unstopped(call: () => number): number {
  const before = new Uint8Array(SIGSET_SIZE);
  const mask = new DataView(new ArrayBuffer(SIGSET_SIZE));
  mask.setBigUint64(0, 1n << BigInt(SIGNAL.SIGTTOU - 1), true);
  pthread_sigmask(SIGNAL_ACTION.SIG_BLOCK, mask, before);
  try {
    return call();
  } finally {
    pthread_sigmask(SIGNAL_ACTION.SIG_SETMASK, before, null);
  }
}

/** Read the modes into a structure: 0 or -errno. */
export function tcgetattr(fd: number, termios: DataView<ArrayBuffer>): number {
  return ioctlAt(fd, IOCTL.TCGETS, termios);
}

/** Set the modes, by TCSETS, TCSETSW or TCSETSF: 0 or -errno. Never stops the program. */
export function tcsetattr(fd: number, request: number, termios: DataView<ArrayBuffer>): number {
  return unstopped(() => ioctlAt(fd, request, termios));
}

/** Throw away what waits in a queue: 0 or -errno. Never stops the program. */
export function tcflush(fd: number, queue: number): number {
  return unstopped(() => flush(fd, queue));
}

/** Hold the output or the other side's, or let it go on: 0 or -errno. Never stops the program. */
export function tcflow(fd: number, action: number): number {
  return unstopped(() => flow(fd, action));
}

/** Read the size into a structure: 0 or -errno. */
export function tcgetwinsize(fd: number, winsize: Memory): number {
  return ioctlAt(fd, IOCTL.TIOCGWINSZ, winsize);
}

/** Set the size: 0 or -errno. */
export function tcsetwinsize(fd: number, winsize: Memory): number {
  return unstopped(() => ioctlAt(fd, IOCTL.TIOCSWINSZ, winsize));
}

/** The terminal's session: tcgetsid(3), its id or -errno; of a terminal that is not this program's, -ENOTTY. */
export function tcgetsid(fd: number): number {
  return number(fd, IOCTL.TIOCGSID);
}

/** The process group in the foreground: tcgetpgrp(3), its id or -errno. */
export function tcgetpgrp(fd: number): number {
  return number(fd, IOCTL.TIOCGPGRP);
}

/** The number of the terminal's device, which is also that of a pty's other side, or -errno. */
export function terminalDevice(fd: number): number {
  return number(fd, IOCTL.TIOCGDEV);
}

/** Of a pty's master, the number of its terminal in /dev/pts, or -errno: -ENOTTY of a terminal. */
export function ptyNumber(fd: number): number {
  return number(fd, IOCTL.TIOCGPTN);
}

function number(fd: number, request: number): number {
  const value = new Int32Array(1);
  const rc = ioctlAt(fd, request, value);
  return rc < 0 ? rc : value[0]! >>> 0;
}

/** A structure for {@linkcode tcgetattr}. */
export function newTermios(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(TERMIOS.sizeof));
}
