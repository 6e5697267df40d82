/** The files of /proc, read through libc: Deno lets only a program with every permission read them. */
import { FCNTL } from "./abi/fcntl.ts";
import { open } from "./fcntl.ts";
import { cString } from "./memory.ts";
import { close, pread, read } from "./unistd.ts";

/** Of one read; /proc gives a page or less at a time. */
const CHUNK = 4_096;

/** The text of the file at `path`, or -errno: -ENOENT and -ESRCH for a process that is gone. */
export function textOf(path: string): string | number {
  const fd = open(cString(path), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0);
  if (fd < 0) return fd;
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK);
  let text = "";
  let count: number;
  while ((count = read(fd, chunk, CHUNK)) > 0) text += decoder.decode(chunk.subarray(0, count), { stream: true });
  close(fd);
  return count < 0 ? count : text + decoder.decode();
}

/** The text of a short file that `fd` has open, as it is now; or -errno. */
export function textFrom(fd: number): string | number {
  const chunk = new Uint8Array(CHUNK);
  const count = pread(fd, chunk, CHUNK, 0);
  return count < 0 ? count : new TextDecoder().decode(chunk.subarray(0, count));
}
