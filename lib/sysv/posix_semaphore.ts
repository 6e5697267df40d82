/** POSIX semaphores with a name. */
import { SEMAPHORE } from "../../ffi/abi/semaphore.ts";
import { ERRNO } from "../../ffi/abi/errno.ts";
import { cString } from "../../ffi/memory.ts";
import { sem_close, sem_getvalue, sem_open, sem_post, sem_trywait, sem_unlink, sem_wait } from "../../ffi/semaphore.ts";
import { chmod } from "../../ffi/sys_stat.ts";
import { tellClosing } from "../core/closing.ts";
import { check, ClosedError, syscallError } from "../core/errors.ts";
import { checkLimit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { checkMode } from "./ipc_object.ts";
import { posixName } from "./posix_name.ts";
import { createOrOpen, type PosixCreateOptions } from "./posix_object.ts";
import { waitFor, waitForSync, type WaitingCall } from "./wait.ts";

/** How a semaphore is made. */
export interface PosixSemaphoreCreateOptions extends PosixCreateOptions {
  /**
   * Its value if it is new, from 0 to 2147483647.
   * @default {1}
   */
  initial?: number;
}

/** What glibc puts before a name (sem_overview(7)). */
const PREFIX = "sem.";

/**
 * A POSIX semaphore with a name: a number that processes take from and add to, and that never falls below 0. It is found
 * by its name, and stays until it is unlinked; who has it open then goes on using it. The caller closes it, or `using`
 * does, which releases nothing: a unit that a dead process had is not given back, as a `SemaphoreSet` with undo would.
 *
 * A pending {@linkcode PosixSemaphore.acquire} holds a thread of the library's, none of Deno's, and keeps this program
 * alive.
 *
 * @example One at a time
 * ```ts
 * import { PosixSemaphore } from "@vasty/vasty";
 *
 * using semaphore = PosixSemaphore.create(`/turn-${Deno.pid}`);
 * await semaphore.acquire({ timeout: 10_000 });
 * try {
 *   console.assert(semaphore.value === 0 && !semaphore.tryAcquire());
 * } finally {
 *   semaphore.release();
 *   semaphore.unlink();
 * }
 * ```
 * @see sem_overview(7)
 */
export class PosixSemaphore implements Disposable {
  /** The name that it was opened by. */
  readonly name: string;
  /** Whether this call has made it, and given it its value. */
  readonly created: boolean;
  readonly #address: number;
  #closed = false;
  /** Calls that have its address. */
  #users = 0;
  /** What a time limit says. */
  readonly #what = () => `wait for ${semaphoreName(this.name)}`;

  private constructor(name: string, address: number, created: boolean) {
    this.name = name;
    this.#address = address;
    this.created = created;
  }

  /**
   * Make the semaphore, or open the one that is there, which keeps its value and its mode.
   *
   * @param name A slash and a name without one, up to 251 bytes.
   * @param options Its value, and who may use it: that takes permission to read and to write.
   * @returns The semaphore, which the caller closes, and unlinks when nobody needs it any more.
   * @throws {SyscallError} `EEXIST` if there is one and `exclusive` is set; `EACCES` if this user may not use it; `EINVAL`
   * if what has its name is none; `EMFILE` or `ENFILE` if there are too many descriptors, `ENOMEM` or `ENOSPC` if there is
   * no memory.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long, or the value or the mode is out of range.
   * @example Whoever comes first gives it its value
   * ```ts
   * import { PosixSemaphore } from "@vasty/vasty";
   *
   * const name = `/first-${Deno.pid}`;
   * using one = PosixSemaphore.create(name, { initial: 3 });
   * using other = PosixSemaphore.create(name, { initial: 7 });
   * console.assert(one.created && !other.created && other.value === 3);
   * PosixSemaphore.unlink(name);
   * ```
   * @see sem_open(3)
   */
  static create(name: string, options: PosixSemaphoreCreateOptions = {}): PosixSemaphore {
    const { initial = 1, mode = 0o600, exclusive = false } = options;
    const file = PREFIX + posixName(name, PREFIX.length);
    checkMode(mode);
    if (!Number.isInteger(initial) || initial < 0 || initial > SEMAPHORE.SEM_VALUE_MAX) {
      throw new RangeError(`initial must be an integer from 0 to ${SEMAPHORE.SEM_VALUE_MAX}: ${initial}`);
    }
    const { rc, made } = createOrOpen(exclusive, (flags) => sem_open(cString(name), flags, mode, initial));
    check(rc, `create ${semaphoreName(name)}`, "sem_open", { path: name });
    if (!made) return new PosixSemaphore(name, rc, false);
    // The kernel has taken the umask off, and there is no descriptor. Somebody may have unlinked it already.
    const mended = chmod(cString(`/dev/shm/${file}`), mode);
    if (mended >= 0 || mended === -ERRNO.ENOENT) return new PosixSemaphore(name, rc, true);
    sem_unlink(cString(name));
    sem_close(rc);
    throw syscallError(`set the mode of ${semaphoreName(name)}`, -mended, "chmod", { path: name });
  }

  /**
   * Open the semaphore that somebody has made.
   *
   * @param name A slash and a name without one, up to 251 bytes.
   * @returns The semaphore, which the caller closes.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` if this user may not use it; `EINVAL` if what has its name is
   * none; `EMFILE` or `ENFILE` if there are too many descriptors.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long.
   * @see sem_open(3)
   */
  static open(name: string): PosixSemaphore {
    posixName(name, PREFIX.length);
    const address = sem_open(cString(name), 0, 0, 0);
    check(address, `open ${semaphoreName(name)}`, "sem_open", { path: name });
    return new PosixSemaphore(name, address, false);
  }

  /**
   * Remove a semaphore by its name, without opening it. Who has it open goes on using it.
   *
   * @param name A slash and a name without one.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` if it is not this user's.
   * @throws {TypeError} if it is no name.
   * @throws {RangeError} if the name is too long.
   * @see sem_unlink(3)
   */
  static unlink(name: string): void {
    posixName(name, PREFIX.length);
    check(sem_unlink(cString(name)), `remove ${semaphoreName(name)}`, "sem_unlink", { path: name });
  }

  /**
   * Take one from its value; while that is 0 it waits. A wait that is given up takes nothing: had a unit just come, this
   * has it.
   *
   * @param options When to give up.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws {SyscallError} `EAGAIN` if no thread can be started for the wait.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { PosixSemaphore } from "@vasty/vasty";
   *
   * using semaphore = PosixSemaphore.create(`/wait-${Deno.pid}`, { initial: 0 });
   * semaphore.unlink();
   * const waiting = semaphore.acquire({ timeout: 1_000 });
   * semaphore.release();
   * await waiting;
   * ```
   * @see sem_wait(3)
   */
  async acquire(options: WaitOptions = {}): Promise<void> {
    checkLimit(options);
    if (this.tryAcquire()) return;
    using call = this.#waiting();
    this.#acquired(await waitFor(call, { ...options, what: this.#what }, this));
  }

  /**
   * {@linkcode PosixSemaphore.acquire} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param options When to give up.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {ClosedError} if it is closed, now or by a handler.
   * @throws {SyscallError} `EAGAIN` if no thread can be started for the wait.
   * @throws a `DOMException` named "TimeoutError", or what a signal's handler throws.
   * @see sem_wait(3)
   */
  acquireSync(options: SyncWaitOptions = {}): void {
    checkLimit(options);
    if (this.tryAcquire()) return;
    using call = this.#waiting();
    this.#acquired(waitForSync(call, { ...options, what: this.#what }, () => sem_post(this.#address), this));
  }

  /**
   * Take one from its value if that is not 0.
   *
   * @returns Whether it was taken.
   * @throws {ClosedError} if it is closed.
   * @see sem_trywait(3)
   */
  tryAcquire(): boolean {
    let rc: number;
    while ((rc = sem_trywait(this.#open)) === -ERRNO.EINTR);
    if (rc === -ERRNO.EAGAIN) return false;
    this.#check(rc, "acquire", "sem_trywait");
    return true;
  }

  /**
   * Add one to its value; if somebody waits, one who does gets it.
   *
   * @throws {SyscallError} `EOVERFLOW` if it is 2147483647.
   * @throws {ClosedError} if it is closed.
   * @see sem_post(3)
   */
  release(): void {
    this.#check(sem_post(this.#open), "release", "sem_post");
  }

  /** Its value; it may be another one by now. @throws {ClosedError} if it is closed. */
  get value(): number {
    const value = new Int32Array(1);
    this.#check(sem_getvalue(this.#open, value), "read the value of", "sem_getvalue");
    return value[0]!;
  }

  /** The call that waits. The semaphore stays mapped until that is disposed of. */
  #waiting(): WaitingCall {
    this.#users++;
    const done = () => {
      if (--this.#users === 0 && this.#closed) sem_close(this.#address);
    };
    return { fn: sem_wait, args: [this.#address], [Symbol.dispose]: done };
  }

  /** A unit that comes once it is closed could never be released here. */
  #acquired(rc: number): void {
    if (rc >= 0 && this.#closed) sem_post(this.#address);
    if (this.#closed) throw new ClosedError(`The ${semaphoreName(this.name)} was closed while it was waited for`);
    this.#check(rc, "acquire", "sem_wait");
  }

  #check(rc: number, verb: string, syscall: string): void {
    if (rc < 0) throw syscallError(`${verb} ${semaphoreName(this.name)}`, -rc, syscall, { path: this.name });
  }

  /**
   * Remove its name. Who has it open, as this object has, goes on using it; it is gone when all have closed it. A
   * semaphore that was made anew under this name is removed instead.
   *
   * @throws {SyscallError} `ENOENT` if it was removed already; `EACCES` if it is not this user's.
   * @see sem_unlink(3)
   */
  unlink(): void {
    PosixSemaphore.unlink(this.name);
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Close it; the second time does nothing. Pending waits reject with a {@linkcode ClosedError}. Nothing is released.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    tellClosing(this);
    // It is unmapped by that: not before the last call on another thread has returned.
    if (this.#users === 0) sem_close(this.#address);
  }

  /** The same as {@linkcode PosixSemaphore.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  get #open(): number {
    if (this.#closed) throw new ClosedError(`The ${semaphoreName(this.name)} is closed`);
    return this.#address;
  }
}

function semaphoreName(name: string): string {
  return `semaphore ${JSON.stringify(name)}`;
}
