/** <sys/ioctl.h> */
import { IOCTL } from "./abi/sys_ioctl.ts";
import { bind } from "./bind.ts";

// With no third argument, or a number; int ioctl(int fd, unsigned long int request, ...);
export const ioctl = bind("ioctl", ["int", "long", "long"], "int");

// With a structure or a number in memory; int ioctl(int fd, unsigned long int request, ...);
export const ioctlAt = bind("ioctl", ["int", "long", "buffer"], "int");

const count = new Int32Array(1);

/** How many bytes can be read from `fd` now, or -errno. */
export function bytesReadable(fd: number): number {
  const rc = ioctlAt(fd, IOCTL.FIONREAD, count);
  return rc < 0 ? rc : count[0]!;
}
