/** /proc, read through libc: Deno lets only a program with every permission read it, and the tests have libc alone. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { bind } from "../../ffi/bind.ts";
import { numbersIn } from "../../ffi/dirent.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { close, read } from "../../ffi/unistd.ts";

const getdents64 = bind("getdents64", ["int", "buffer", "long"], "long");
const readlink = bind("readlink", ["buffer", "buffer", "long"], "long");

/** The text of a file; empty if it is gone. */
export function readProc(path: string): string {
  const fd = open(cString(path), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0);
  if (fd < 0) return "";
  const chunk = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  let text = "";
  for (let count; (count = read(fd, chunk, chunk.length)) > 0;) {
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  close(fd);
  return text;
}

/** What a link points to; empty if it is gone. */
export function linkOf(path: string): string {
  const target = new Uint8Array(4_096);
  const length = readlink(cString(path), target, target.length);
  return length < 0 ? "" : new TextDecoder().decode(target.subarray(0, length));
}

/** The names in a folder that are numbers: descriptors, threads, processes. */
export function numbers(path: string): number[] {
  const found = numbersIn(path);
  return typeof found === "number" ? [] : found;
}

/** The names in a folder, which Deno may not let the tests read; none if there is no such folder. */
export function namesIn(path: string): string[] {
  const folder = open(cString(path), FCNTL.O_RDONLY | FCNTL.O_DIRECTORY | FCNTL.O_CLOEXEC, 0);
  if (folder < 0) return [];
  const chunk = new Uint8Array(32_768);
  const view = new DataView(chunk.buffer);
  const found: string[] = [];
  for (let length; (length = getdents64(folder, chunk, chunk.length)) > 0;) {
    // struct linux_dirent64: its length at 16, its name from 19 on.
    for (let at = 0; at < length; at += view.getUint16(at + 16, true)) {
      found.push(new TextDecoder().decode(chunk.subarray(at + 19, chunk.indexOf(0, at + 19))));
    }
  }
  close(folder);
  return found.filter((name) => name !== "." && name !== "..").sort();
}
