/** Locks that are held. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { check, ClosedError } from "../core/errors.ts";
import type { Fd } from "../core/fd.ts";
import { Deadline, type WaitOptions } from "../core/limit.ts";
import { acquire, acquireNow, acquireSync } from "./acquire.ts";
import { checkLockMode, type LockCalls, type LockMode } from "./calls.ts";
import type { LockedFile } from "./locked_file.ts";
import type { RangeCalls } from "./range_calls.ts";

/** How a blocking twin waits. */
export interface LockSyncOptions {
  /**
   * Milliseconds; a `DOMException` named "TimeoutError" is thrown when they have passed.
   * @default {Infinity}
   */
  timeout?: number;
}

/**
 * A lock that {@linkcode flock} has taken. It is released by {@linkcode FileLock.unlock}, at the end of a `using` block,
 * or by the kernel when this process ends in any way.
 *
 * What holds it is the open file: a child that gets the descriptor ({@linkcode FileLock.fd}) in its options shares the
 * lock, which then lasts until both have closed it, or either has unlocked it. No other child gets it.
 *
 * @example A counter in the file that is locked
 * ```ts
 * import { flock } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * {
 *   using _lock = await flock(path, "exclusive");
 *   const count = Number(await Deno.readTextFile(path));
 *   await Deno.writeTextFile(path, `${count + 1}`);
 * }
 * console.assert(await Deno.readTextFile(path) === "1");
 * await Deno.remove(path);
 * ```
 */
export class FileLock implements Disposable {
  readonly #file: LockedFile;
  readonly #calls: LockCalls;
  readonly #losesOnFailure: boolean;
  #mode: LockMode | undefined;
  #released = false;
  #converting: AbortController | undefined;

  /** Made by {@linkcode flock} and its kin. It owns `file`. */
  constructor(file: LockedFile, calls: LockCalls, mode: LockMode) {
    this.#file = file;
    this.#calls = calls;
    this.#losesOnFailure = calls.syscall === "flock";
    this.#mode = mode;
  }

  /** What it is; undefined once it is released, or lost by a conversion that failed. */
  get mode(): LockMode | undefined {
    return this.#file.fd.closed ? undefined : this.#mode;
  }

  /** The path of the file; undefined if a descriptor was locked. */
  get path(): string | undefined {
    return this.#file.path;
  }

  /**
   * The descriptor, to read and write the file, or for a child. Closed with this, unless it is the caller's own: closing
   * that releases the lock, if no child and no duplicate has it.
   */
  get fd(): Fd {
    return this.#file.fd;
  }

  /**
   * Make a shared lock exclusive, or the other way round, waiting for those who are in the way.
   *
   * A lock of {@linkcode flock} is released for that and taken anew: somebody else may have it in between, so whatever
   * was read of the file has to be read again; and if it fails or is given up, the lock is lost. Two who hold it shared and
   * both want it exclusive get it one after the other. A {@linkcode RangeLock} is converted in one step, and stays what it
   * was if that fails; two who both want that wait for each other for ever, unless there is a time limit.
   *
   * @param mode What it is to be.
   * @param options When to give up.
   * @throws {ClosedError} if it is released, now or meanwhile.
   * @throws {TypeError} if the mode is none, or it is being converted already.
   * @throws {SyscallError} as {@linkcode flock} does.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError" that tells who is in the way.
   * @example
   * ```ts
   * import { flock } from "@vasty/vasty";
   *
   * const path = await Deno.makeTempFile();
   * using lock = await flock(path, "exclusive");
   * await lock.convert("shared", { timeout: 1_000 });
   * console.assert(lock.mode === "shared");
   * await Deno.remove(path);
   * ```
   * @see flock(2), fcntl(2)
   */
  async convert(mode: LockMode, options: WaitOptions = {}): Promise<void> {
    this.#check(mode);
    const deadline = new Deadline(options);
    options.signal?.throwIfAborted();
    const unlocked = this.#converting = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, unlocked.signal]) : unlocked.signal;
    try {
      await acquire(this.#file, { calls: this.#calls, mode, converting: true }, deadline, signal);
      this.#mode = mode;
    } catch (error) {
      this.#failed();
      throw error;
    } finally {
      this.#converting = undefined;
    }
  }

  /**
   * {@linkcode FileLock.convert} if nobody is in the way.
   *
   * @param mode What it is to be.
   * @returns Whether it was converted. If not, a lock of {@linkcode flock} is lost.
   * @throws {ClosedError} if it is released.
   * @throws {TypeError} if the mode is none, or it is being converted already.
   * @throws {SyscallError} as {@linkcode flock} does.
   */
  tryConvert(mode: LockMode): boolean {
    this.#check(mode);
    return this.#try(mode, () => acquireNow(this.#file, { calls: this.#calls, mode }));
  }

  /**
   * {@linkcode FileLock.convert} that blocks this thread.
   *
   * @param mode What it is to be.
   * @param options When to give up.
   * @throws {ClosedError} if it is released, now or by a handler.
   * @throws {TypeError} if the mode is none, or it is being converted already.
   * @throws {SyscallError} as {@linkcode flock} does.
   * @throws a `DOMException` named "TimeoutError" that tells who is in the way.
   */
  convertSync(mode: LockMode, options: LockSyncOptions = {}): void {
    this.#check(mode);
    const deadline = new Deadline(options);
    this.#try(mode, () => {
      acquireSync(this.#file, { calls: this.#calls, mode }, deadline, () => this.#released);
      return true;
    });
  }

  #try(mode: LockMode, convert: () => boolean): boolean {
    let done = false;
    try {
      return done = convert();
    } finally {
      if (done) this.#mode = mode;
      else this.#failed();
    }
  }

  #check(mode: LockMode): void {
    checkLockMode(mode);
    if (this.#released || this.#file.fd.closed) throw new ClosedError("The lock is released");
    if (this.#converting) throw new TypeError("The lock is being converted already");
  }

  /** flock(2) drops the old lock before it tries to take the new one. */
  #failed(): void {
    if (this.#losesOnFailure) this.#mode = undefined;
  }

  /**
   * Release it, for children that share it as well, and close the descriptor if it is not the caller's own. The second
   * time does nothing. A conversion that waits rejects with a {@linkcode ClosedError}.
   *
   * @throws {SyscallError} if the system refuses, `ENOLCK` for instance; the descriptor is closed then, too.
   */
  unlock(): void {
    if (!this.#release()) return;
    const { name, subject } = this.#file;
    let rc: number;
    while ((rc = this.#calls.unlock(this.#file.fd.number)) === -ERRNO.EINTR);
    this.#file.close();
    check(rc, `unlock ${this.#calls.part}${name}`, this.#calls.syscall, subject);
  }

  /**
   * Let go of it without unlocking: a descriptor that was opened for it is closed, and a child that has it keeps the lock.
   * With a descriptor of the caller's the lock lasts until that is closed. Once it is unlocked this does nothing.
   */
  close(): void {
    if (this.#release()) this.#file.close();
  }

  /** Whether there is something to release. */
  #release(): boolean {
    if (this.#released) return false;
    this.#released = true;
    this.#mode = undefined;
    this.#converting?.abort(new ClosedError("The lock was released while it was converted"));
    return !this.#file.fd.closed;
  }

  /** The same as {@linkcode FileLock.unlock}. */
  [Symbol.dispose](): void {
    this.unlock();
  }
}

/**
 * A lock of some bytes of a file that {@linkcode lockRange} has taken. Releasing it releases what it has of these bytes,
 * also where another lock of the same descriptor has them.
 *
 * @example
 * ```ts
 * import { lockRange } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using lock = await lockRange(path, "shared", { start: 512, length: 512 });
 * console.assert(lock.start === 512 && lock.length === 512 && lock.mode === "shared");
 * await Deno.remove(path);
 * ```
 */
export class RangeLock extends FileLock {
  /** The first byte, counted from 0. */
  readonly start: number;
  /** How many bytes; `Infinity` for all from {@linkcode RangeLock.start} on. */
  readonly length: number;

  /** Made by {@linkcode lockRange} and its kin. It owns `file`. */
  constructor(file: LockedFile, calls: RangeCalls, mode: LockMode) {
    super(file, calls, mode);
    this.start = calls.start;
    this.length = calls.length;
  }
}
