/** What System V objects are found by: keys, and how a key is made of a path. */
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { cString } from "../../ffi/memory.ts";
import { ftok as ftokOf } from "../../ffi/sys_ipc.ts";
import { check } from "../core/errors.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";

/** The key of an object that nobody finds by its key: each is a new one, and others are told its id. */
export const IPC_PRIVATE: number = IPC.IPC_PRIVATE;

/**
 * A key as the kernel has it, 32 bits wide and without a sign.
 *
 * @throws {RangeError} if it has more bits, or is no integer.
 */
export function keyOf(key: number): number {
  if (!Number.isInteger(key) || key < -(2 ** 31) || key >= 2 ** 32) {
    throw new RangeError(`A key is an integer of 32 bits: ${key}`);
  }
  return key >>> 0;
}

/** As ipcs(1) shows it: `0x000004d2`. */
export function keyText(key: number): string {
  return `0x${keyOf(key).toString(16).padStart(8, "0")}`;
}

/**
 * A key made of a file that all processes know, as C's, Perl's and Python's `ftok` make it: of its device, its inode
 * and `projectId`. Another file may have the same key, and a file that is replaced gets another one.
 *
 * @param path A file that exists; asks for `read` permission.
 * @param projectId Several keys for one file: its lowest 8 bits count, and are not to be 0.
 * @returns The key, from 0 to 4294967295.
 * @throws {SyscallError} `ENOENT`, `EACCES`: the file cannot be found.
 * @throws {RangeError} if the project id is no integer, or its lowest 8 bits are 0.
 * @throws {TypeError} if the path has a NUL character.
 * @throws {Deno.errors.NotCapable} without `read` permission for the path.
 * @example
 * ```ts
 * import { ftok } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * console.assert(ftok(path, 1) !== ftok(path, 2));
 * await Deno.remove(path);
 * ```
 * @see ftok(3)
 */
export function ftok(path: string | URL, projectId = 1): number {
  // With 0 the result is unspecified (POSIX.1-2017, ftok).
  if (!Number.isInteger(projectId) || (projectId & 0xff) === 0) {
    throw new RangeError(`A project id is an integer whose lowest 8 bits are not 0: ${projectId}`);
  }
  const file = pathOf(path);
  const name = cString(file, "A path");
  requireFile("read", file);
  // Of an id above 127 the key is a negative int, as failures are. The id is the key's upper byte, and nothing else of it.
  const ofFile = check(ftokOf(name, 1), `make a key of ${JSON.stringify(file)}`, "ftok", { path: file });
  return ((projectId & 0xff) << 24 | ofFile & 0xff_ffff) >>> 0;
}
