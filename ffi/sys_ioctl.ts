/** <sys/ioctl.h> */
import { bind } from "./bind.ts";

// With no third argument, or a number; int ioctl(int fd, unsigned long int request, ...);
export const ioctl = bind("ioctl", ["int", "long", "long"], "int");

// With a structure or a number in memory; int ioctl(int fd, unsigned long int request, ...);
export const ioctlAt = bind("ioctl", ["int", "long", "buffer"], "int");
