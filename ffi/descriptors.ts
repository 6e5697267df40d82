/** Descriptors of the library's own: close-on-exec, and never among the standard three. */
import { FCNTL } from "./abi/fcntl.ts";
import { fcntl } from "./fcntl.ts";
import { close, pipe2 } from "./unistd.ts";

/**
 * `fd`, or a copy above 2 of it. Where 0, 1 or 2 is closed the kernel gives out that number, and a child that inherits
 * its standard streams would be handed our descriptor.
 */
export function aboveStandard(fd: number): number {
  if (fd < 0 || fd > 2) return fd;
  const moved = fcntl(fd, FCNTL.F_DUPFD_CLOEXEC, 3);
  close(fd);
  return moved;
}

/** A pipe, both ends close-on-exec and above 2: `[read, write]`, or -errno. */
export function newPipe(): [read: number, write: number] | number {
  const ends = new Int32Array(2);
  const rc = pipe2(ends, FCNTL.O_CLOEXEC);
  if (rc < 0) return rc;
  const read = aboveStandard(ends[0]!);
  const write = aboveStandard(ends[1]!);
  if (read >= 0 && write >= 0) return [read, write];
  for (const fd of [read, write]) if (fd >= 0) close(fd);
  return Math.min(read, write);
}

/** Set or clear O_NONBLOCK, which belongs to the open file description: only on an end that nobody shares. */
export function setNonBlocking(fd: number, on: boolean): number {
  const flags = fcntl(fd, FCNTL.F_GETFL, 0);
  if (flags < 0) return flags;
  const wanted = on ? flags | FCNTL.O_NONBLOCK : flags & ~FCNTL.O_NONBLOCK;
  return wanted === flags ? 0 : fcntl(fd, FCNTL.F_SETFL, wanted);
}
