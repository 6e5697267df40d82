/** Locks of whole files. */
import type { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import type { LockMode } from "./calls.ts";
import { FileLock, type LockSyncOptions } from "./file_lock.ts";
import { flockCalls } from "./flock_calls.ts";
import type { LockFileOptions } from "./locked_file.ts";
import { take, takeNow, takeSync } from "./take.ts";

/** How {@linkcode flock} opens a file, and when it gives up. */
export interface FlockOptions extends LockFileOptions, WaitOptions {}

/** How {@linkcode flockSync} opens a file, and when it gives up. */
export interface FlockSyncOptions extends LockFileOptions, LockSyncOptions {}

/**
 * Lock a file against all others who lock it with flock(2): other programs (Perl's and Python's `flock`, flock(1)), and
 * other locks of this program. Nobody else is kept from reading or writing it.
 *
 * While it waits no thread of Deno's is held, and the process stays alive. A lock whose holder dies is free at once. A
 * wait that is given up takes nothing later: had the lock just come, it is released before the rejection.
 *
 * A file that is removed or replaced while its lock is waited for is not locked in vain: the one that is there then is
 * locked instead. A relative path should lead to the same place as long as it waits.
 *
 * @param file The file or its URL; it is made if there is none, and closed with the lock. It is opened to read and write,
 * which asks for both permissions, or as the options say. Or a descriptor, which stays the caller's: the lock belongs to
 * the open file, so a second one converts the first.
 * @param mode `"shared"` with others who share it, or `"exclusive"`.
 * @param options How to open it, and when to give up.
 * @returns The lock, which the caller releases.
 * @throws {TypeError} if the mode is none or the path has a NUL character.
 * @throws {RangeError} if `timeout` is negative, or the mode of a new file is none.
 * @throws {SyscallError} `ENOENT` if there is no file and none is made, `EACCES` or `EROFS` if it may not be opened,
 * `EMFILE` or `ENFILE` if there are too many open descriptors, `EAGAIN` if no thread can be started for the wait, or no timer, `ENOLCK`
 * if the system has no memory for locks, `EOPNOTSUPP` or `ENOSYS` if the file system has none, `EBADF` on NFS for an
 * exclusive lock of a descriptor that is open for reading only.
 * @throws {ClosedError} if the descriptor is closed, now or meanwhile.
 * @throws {Deno.errors.NotCapable} without the permission for the path.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError" that names the holder's process, if `read`
 * permission for `/proc/locks` lets it.
 * @example One at a time
 * ```ts
 * import { flock } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/job.lock`;
 * {
 *   using _lock = await flock(path, "exclusive", { timeout: 10_000 });
 *   console.log("nobody else is here");
 * }
 * ```
 * @see flock(2)
 */
export async function flock(file: string | URL | Fd, mode: LockMode, options: FlockOptions = {}): Promise<FileLock> {
  return new FileLock(await take(file, { calls: flockCalls, mode }, options), flockCalls, mode);
}

/**
 * {@linkcode flock} if nobody is in the way. Nothing waits.
 *
 * @param file The file or its URL, or a descriptor.
 * @param mode `"shared"` or `"exclusive"`.
 * @param options How to open it.
 * @returns The lock, which the caller releases; undefined if somebody has it. A lock that the same descriptor had before
 * is lost then.
 * @throws {TypeError} if the mode is none or the path has a NUL character.
 * @throws {SyscallError} as {@linkcode flock} does.
 * @throws {ClosedError} if the descriptor is closed.
 * @throws {Deno.errors.NotCapable} without the permission for the path.
 * @example Only one of a kind
 * ```ts
 * import { tryFlock } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/program.lock`;
 * using first = tryFlock(path, "exclusive");
 * using second = tryFlock(path, "exclusive");
 * console.assert(first !== undefined && second === undefined);
 * ```
 * @see flock(2)
 */
export function tryFlock(file: string | URL | Fd, mode: LockMode, options: LockFileOptions = {}): FileLock | undefined {
  const taken = takeNow(file, { calls: flockCalls, mode }, options);
  return taken && new FileLock(taken, flockCalls, mode);
}

/**
 * {@linkcode flock} that blocks this thread, and with it all that this program does in JavaScript, until the lock is there.
 *
 * @param file The file or its URL, or a descriptor.
 * @param mode `"shared"` or `"exclusive"`.
 * @param options How to open it, and when to give up.
 * @returns The lock, which the caller releases.
 * @throws {TypeError} if the mode is none or the path has a NUL character.
 * @throws {RangeError} if `timeout` is negative, or the mode of a new file is none.
 * @throws {SyscallError} as {@linkcode flock} does.
 * @throws {ClosedError} if the descriptor is closed.
 * @throws {Deno.errors.NotCapable} without the permission for the path.
 * @throws a `DOMException` named "TimeoutError" that tells who is in the way.
 * @example
 * ```ts
 * import { flockSync } from "@vasty/vasty";
 *
 * const path = `${await Deno.makeTempDir()}/job.lock`;
 * using lock = flockSync(path, "shared", { timeout: 1_000 });
 * console.assert(lock.mode === "shared" && lock.path === path);
 * ```
 * @see flock(2)
 */
export function flockSync(file: string | URL | Fd, mode: LockMode, options: FlockSyncOptions = {}): FileLock {
  return new FileLock(takeSync(file, { calls: flockCalls, mode }, options), flockCalls, mode);
}
