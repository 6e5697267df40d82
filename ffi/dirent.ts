/** <dirent.h> */
import { FCNTL } from "./abi/fcntl.ts";
import { bind } from "./bind.ts";
import { open } from "./fcntl.ts";
import { cString } from "./memory.ts";
import { close } from "./unistd.ts";

// ssize_t getdents64(int fd, void *buffer, size_t length);
const getdents64 = bind("getdents64", ["int", "buffer", "long"], "long");

/** Where the fields of struct linux_dirent64 lie; the same on every architecture. */
const D_RECLEN = 16;
const D_NAME = 19;

/** The open descriptors of this process in ascending order, or -errno. Needs /proc, but no permission to read it. */
export function openDescriptors(): number[] | number {
  return numbersIn("/proc/self/fd");
}

/**
 * The names in the directory at `path` that are numbers, in ascending order; or -errno. Where it lists descriptors of this process
 * the one by which it is read is left out.
 */
export function numbersIn(path: string): number[] | number {
  const folder = open(cString(path), FCNTL.O_RDONLY | FCNTL.O_DIRECTORY | FCNTL.O_CLOEXEC, 0);
  if (folder < 0) return folder;
  const own = path.startsWith("/proc/self/fd") ? folder : undefined;
  const numbers: number[] = [];
  const buffer = new DataView(new ArrayBuffer(32_768));
  let length: number;
  while ((length = getdents64(folder, buffer, buffer.byteLength)) > 0) {
    for (let at = 0; at < length; at += buffer.getUint16(at + D_RECLEN, true)) {
      const number = digits(buffer, at + D_NAME);
      if (number !== undefined && number !== own) numbers.push(number);
    }
  }
  close(folder);
  return length < 0 ? length : numbers.sort((a, b) => a - b);
}

/** The number that the C string at `at` spells; nothing for "." and "..". */
function digits(buffer: DataView, at: number): number | undefined {
  let number: number | undefined;
  for (let byte; (byte = buffer.getUint8(at)) >= 0x30 && byte <= 0x39; at++) number = (number ?? 0) * 10 + byte - 0x30;
  return number;
}
