/** Locks of ranges of bytes. */
import type { Fd } from "../core/fd.ts";
import type { LockMode } from "./calls.ts";
import { RangeLock } from "./file_lock.ts";
import type { FlockOptions, FlockSyncOptions } from "./flock.ts";
import type { LockFileOptions } from "./locked_file.ts";
import { type ByteRange, RangeCalls } from "./range_calls.ts";
import { take, takeNow, takeSync } from "./take.ts";

/** Which bytes {@linkcode lockRange} locks, how it opens the file, and when it gives up. */
export interface LockRangeOptions extends FlockOptions, ByteRange {}

/** Which bytes {@linkcode lockRangeSync} locks, how it opens the file, and when it gives up. */
export interface LockRangeSyncOptions extends FlockSyncOptions, ByteRange {}

/** Which bytes {@linkcode tryLockRange} locks, and how it opens the file. */
export interface TryLockRangeOptions extends LockFileOptions, ByteRange {}

/** What needs a file that is open for writing cannot be had of one that is not. */
function checkReadOnly(mode: LockMode, { readOnly }: LockFileOptions): void {
  if (readOnly && mode === "exclusive") {
    throw new TypeError(
      "An exclusive lock of bytes needs a file that is open for writing: readOnly is for shared ones",
    );
  }
}

/**
 * Lock some bytes of a file, or all of them, against all others who lock them with fcntl(2): other programs (`lockf`,
 * Python's `fcntl.lockf`, databases), and other locks of this program. Nobody else is kept from reading or writing.
 *
 * The lock belongs to the open file (OFD), as those of {@linkcode flock} do: closing another descriptor for the same file
 * does not drop it, as it drops the locks that a program takes with `lockf`. Two that are taken by path are in each
 * other's way where they overlap; two on one descriptor are not, and the later one converts what they share (where a lock
is to outlast a conversion that is given up, use its own {@linkcode FileLock.convert}).
 * Whether somebody waits for somebody who waits for him is not found out (as with `lockf`, by EDEADLK): use a `timeout`.
 *
 * For waiting, dying holders and replaced files see {@linkcode flock}.
 *
 * @param file The file or its URL; it is made if there is none, and closed with the lock. It is opened to read and write,
 * which asks for both permissions, or as the options say. Or a descriptor, which stays the caller's and is open for
 * reading (shared) or for writing (exclusive).
 * @param mode `"shared"`, a read lock, or `"exclusive"`, a write lock.
 * @param options Which bytes (all of them by default), how to open it, and when to give up.
 * @returns The lock, which the caller releases.
 * @throws {TypeError} if the mode is none, is `"exclusive"` with `readOnly`, or the path has a NUL character.
 * @throws {RangeError} if `start`, `length` or `timeout` are out of range, or the mode of a new file is none.
 * @throws {SyscallError} `EBADF` if the descriptor is not open for what the lock needs, `EDEADLK` where a file system finds
 * a deadlock, and as {@linkcode flock} does.
 * @throws {ClosedError} if the descriptor is closed, now or meanwhile.
 * @throws {Deno.errors.NotCapable} without the permission for the path.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError" that names the holder's process if it took the lock
 * with `lockf`.
 * @example A record of 64 bytes
 * ```ts
 * import { lockRange, tryLockRange } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using seventh = await lockRange(path, "exclusive", { start: 7 * 64, length: 64, timeout: 10_000 });
 * using eighth = tryLockRange(path, "exclusive", { start: 8 * 64, length: 64 });
 * console.assert(eighth !== undefined && tryLockRange(path, "shared") === undefined);
 * await Deno.remove(path);
 * ```
 * @see fcntl(2)
 */
export async function lockRange(
  file: string | URL | Fd,
  mode: LockMode,
  options: LockRangeOptions = {},
): Promise<RangeLock> {
  const calls = new RangeCalls(options);
  checkReadOnly(mode, options);
  return new RangeLock(await take(file, { calls, mode }, options), calls, mode);
}

/**
 * {@linkcode lockRange} if nobody is in the way. Nothing waits.
 *
 * @param file The file or its URL, or a descriptor.
 * @param mode `"shared"` or `"exclusive"`.
 * @param options Which bytes, and how to open it.
 * @returns The lock, which the caller releases; undefined if somebody has one of the bytes: {@linkcode testLock} tells who.
 * @throws {TypeError} if the mode is none, is `"exclusive"` with `readOnly`, or the path has a NUL character.
 * @throws {RangeError} if `start` or `length` are out of range, or the mode of a new file is none.
 * @throws {SyscallError} as {@linkcode lockRange} does.
 * @throws {ClosedError} if the descriptor is closed.
 * @throws {Deno.errors.NotCapable} without the permission for the path.
 * @example
 * ```ts
 * import { tryLockRange } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using lock = tryLockRange(path, "shared", { start: 0, length: 1, readOnly: true });
 * console.assert(lock?.mode === "shared");
 * await Deno.remove(path);
 * ```
 * @see fcntl(2)
 */
export function tryLockRange(
  file: string | URL | Fd,
  mode: LockMode,
  options: TryLockRangeOptions = {},
): RangeLock | undefined {
  const calls = new RangeCalls(options);
  checkReadOnly(mode, options);
  const taken = takeNow(file, { calls, mode }, options);
  return taken && new RangeLock(taken, calls, mode);
}

/**
 * {@linkcode lockRange} that blocks this thread, and with it all that this program does in JavaScript, until the lock is
 * there.
 *
 * @param file The file or its URL, or a descriptor.
 * @param mode `"shared"` or `"exclusive"`.
 * @param options Which bytes, how to open it, and when to give up.
 * @returns The lock, which the caller releases.
 * @throws {TypeError} if the mode is none, is `"exclusive"` with `readOnly`, or the path has a NUL character.
 * @throws {RangeError} if `start`, `length` or `timeout` are out of range, or the mode of a new file is none.
 * @throws {SyscallError} as {@linkcode lockRange} does.
 * @throws {ClosedError} if the descriptor is closed.
 * @throws {Deno.errors.NotCapable} without the permission for the path.
 * @throws a `DOMException` named "TimeoutError" that tells who is in the way.
 * @example
 * ```ts
 * import { lockRangeSync } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using lock = lockRangeSync(path, "exclusive", { timeout: 1_000 });
 * console.assert(lock.start === 0 && lock.length === Infinity);
 * await Deno.remove(path);
 * ```
 * @see fcntl(2)
 */
export function lockRangeSync(
  file: string | URL | Fd,
  mode: LockMode,
  options: LockRangeSyncOptions = {},
): RangeLock {
  const calls = new RangeCalls(options);
  checkReadOnly(mode, options);
  return new RangeLock(takeSync(file, { calls, mode }, options), calls, mode);
}
