/**
 * Locks of files, which all programs see that ask for them: flock(2) and fcntl(2).
 *
 * ```ts
 * import { flock } from "@vasty/vasty/locks";
 *
 * const path = `${await Deno.makeTempDir()}/job.lock`;
 * using lock = await flock(path, "exclusive", { timeout: 10_000 });
 * console.assert(lock.mode === "exclusive");
 * ```
 *
 * They are advice: whoever does not lock a file reads and writes it all the same. Those of {@linkcode flock} and those of
 * {@linkcode lockRange} do not see each other. Waiting holds a thread of the library's, and none of Deno's.
 *
 * @module
 */
export type { LockMode } from "./calls.ts";
export { FileLock, type LockSyncOptions, RangeLock } from "./file_lock.ts";
export { flock, type FlockOptions, flockSync, type FlockSyncOptions, tryFlock } from "./flock.ts";
export type { LockHolder } from "./holders.ts";
export {
  lockRange,
  type LockRangeOptions,
  lockRangeSync,
  type LockRangeSyncOptions,
  tryLockRange,
  type TryLockRangeOptions,
} from "./lock_range.ts";
export type { LockFileOptions } from "./locked_file.ts";
export type { ByteRange } from "./range_calls.ts";
export { lockHolders, testLock } from "./test_lock.ts";
