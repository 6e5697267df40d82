/** Looking at locks without taking any. */
import { syscallError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { checkLockMode, type LockMode } from "./calls.ts";
import { type LockHolder, locksOn } from "./holders.ts";
import { LockedFile } from "./locked_file.ts";
import { type ByteRange, RangeCalls } from "./range_calls.ts";

/**
 * Whose lock would be in the way of a lock of {@linkcode lockRange}. It takes none, and waits for nothing; what it says
 * may be different in the next moment. Locks of {@linkcode flock} are not seen: see {@linkcode lockHolders}.
 *
 * @param file The file or its URL, which asks for `read` permission, or a descriptor, whose own locks are not in the way.
 * @param mode The lock that would be taken.
 * @param range Of which bytes; of all by default.
 * @returns The first lock that is in the way; undefined if there is none.
 * @throws {SyscallError} `ENOENT` if there is no file, `EACCES` if it may not be read, `EMFILE` or `ENFILE` if there are too
 * many open descriptors.
 * @throws {TypeError} if the mode is none or the path has a NUL character.
 * @throws {RangeError} if `start` or `length` are no integers, or too small.
 * @throws {ClosedError} if the descriptor is closed.
 * @throws {Deno.errors.NotCapable} without `read` permission for the path.
 * @example
 * ```ts
 * import { lockRange, testLock } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using lock = await lockRange(path, "exclusive", { start: 100, length: 10 });
 * console.assert(testLock(path, "shared", { start: 109 })?.kind === "ofd");
 * console.assert(testLock(path, "shared", { start: 110 }) === undefined);
 * await Deno.remove(path);
 * ```
 * @see fcntl(2)
 */
export function testLock(file: string | URL | Fd, mode: LockMode, range: ByteRange = {}): LockHolder | undefined {
  checkLockMode(mode);
  const calls = new RangeCalls(range);
  using opened = LockedFile.toLookAt(file);
  const found = calls.test(opened.fd.number, mode);
  if (typeof found !== "number") return found;
  throw syscallError(`test the lock of ${calls.part}${opened.name}`, -found, "fcntl", opened.subject);
}

/**
 * Who holds locks on a file: what /proc/locks tells, of all kinds of locks. It may be different in the next moment.
 *
 * @param file The file or its URL, which asks for `read` permission, or a descriptor.
 * @returns The locks that are held; undefined without `read` permission for `/proc/locks`, or without /proc. A file
 * system that has other device numbers there than its files have (btrfs, overlayfs) shows none.
 * @throws {SyscallError} `ENOENT` if there is no file, `EACCES` if it may not be read, `EMFILE` or `ENFILE` if there are too
 * many open descriptors.
 * @throws {TypeError} if the path has a NUL character.
 * @throws {ClosedError} if the descriptor is closed.
 * @throws {Deno.errors.NotCapable} without `read` permission for the path.
 * @example
 * ```ts
 * import { flock, lockHolders } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using lock = await flock(path, "exclusive");
 * for (const { kind, mode, pid } of lockHolders(path) ?? []) {
 *   console.assert(kind === "flock" && mode === "exclusive" && pid === Deno.pid);
 * }
 * await Deno.remove(path);
 * ```
 * @see proc(5), lslocks(8)
 */
export function lockHolders(file: string | URL | Fd): LockHolder[] | undefined {
  using opened = LockedFile.toLookAt(file);
  return locksOn(opened.fd.number);
}
