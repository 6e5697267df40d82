/** Waiting until another process has changed what a mutex protects. */
import { checkLimit, Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { type LockGuard, ownerOf } from "./lock_guard.ts";
import { lockAgain, lockAgainSync, type Mutex } from "./mutex.ts";
import type { SharedWords } from "./shared_words.ts";

/**
 * A condition that processes wait for: somebody holds a mutex and sees that what it protects is not as it should be. It
 * lets go of the mutex and sleeps as one step, until another process that holds it has made a change and says so.
 *
 * It is a word of shared memory that counts the notifications, and a {@linkcode Mutex}. All use the same word and the same
 * mutex. It owns neither.
 *
 * @example
 * ```ts
 * import { Condition, IPC_PRIVATE, Mutex, SharedMemory } from "@vasty/vasty";
 *
 * using mutex = Mutex.create(IPC_PRIVATE);
 * using memory = SharedMemory.create(IPC_PRIVATE, 8);
 * const filled = new Condition(mutex, memory, 0);
 * const consumer = (async () => {
 *   using guard = await mutex.lock();
 *   await filled.waitFor(guard, () => memory.load(4) > 0, { timeout: 5_000 });
 *   return memory.load(4);
 * })();
 * {
 *   using _guard = await mutex.lock();
 *   memory.store(4, 42);
 *   filled.notifyOne();
 * }
 * console.assert(await consumer === 42);
 * memory.remove();
 * mutex.remove();
 * ```
 * @see futex(2), pthread_cond_wait(3)
 */
export class Condition {
  readonly #mutex: Mutex;
  readonly #memory: SharedWords;
  readonly #offset: number;

  /**
   * Waits and notifications with this word and this mutex.
   *
   * @param mutex What protects that which is waited for.
   * @param memory Memory in which it has a word: a `SharedMemory`, which stays the caller's and may not be read-only for
   * who notifies.
   * @param offset Where the word lies, in bytes: a multiple of 4. Nothing else may change it; its value at first does not matter.
   * @throws {RangeError} if there is no word at `offset`.
   * @throws {ClosedError} if the memory is detached.
   */
  constructor(mutex: Mutex, memory: SharedWords, offset: number) {
    memory.load(offset);
    this.#mutex = mutex;
    this.#memory = memory;
    this.#offset = offset;
  }

  /**
   * Release the mutex, sleep until somebody notifies, and take the mutex again: also when the wait is given up or fails.
   * No notification that comes after the release is missed. It may return without one, so look again at what is waited
   * for; {@linkcode Condition.waitFor} does. No thread of Deno's is held, and the process stays alive meanwhile.
   *
   * @param guard The mutex, held. Its `abandoned` says afterwards whether somebody died with it meanwhile.
   * @param options When to give up. Taking the mutex again takes as long as it takes.
   * @throws {RangeError} if `timeout` is negative.
   * @throws {TypeError} if the guard is of another mutex.
   * @throws {ClosedError} if the guard is released, or the mutex closed or the memory detached, now or meanwhile.
   * @throws {SyscallError} `EIDRM` or `EINVAL` if the mutex is removed; the guard is not held then.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError"; the guard is held then.
   * @see futex(2)
   */
  async wait(guard: LockGuard, options: WaitOptions = {}): Promise<void> {
    const before = this.#begin(guard, options);
    try {
      await this.#memory.wait(this.#offset, before, options);
    } finally {
      await lockAgain(this.#mutex, guard);
    }
  }

  /**
   * {@linkcode Condition.wait} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param guard The mutex, held.
   * @param options When to give up.
   * @throws as {@linkcode Condition.wait} does, or what a handler throws.
   */
  waitSync(guard: LockGuard, options: SyncWaitOptions = {}): void {
    const before = this.#begin(guard, options);
    try {
      this.#memory.waitSync(this.#offset, before, options);
    } finally {
      lockAgainSync(this.#mutex, guard);
    }
  }

  /**
   * {@linkcode Condition.wait} until `predicate` holds, which is asked under the mutex, now and after each notification.
   *
   * @param guard The mutex, held.
   * @param predicate What is waited for.
   * @param options When to give up.
   * @throws as {@linkcode Condition.wait} does, or what `predicate` throws.
   */
  async waitFor(
    guard: LockGuard,
    predicate: () => boolean | PromiseLike<boolean>,
    options: WaitOptions = {},
  ): Promise<void> {
    this.#check(guard, options);
    const deadline = new Deadline(options);
    while (!await predicate()) await this.wait(guard, deadline.options);
  }

  /**
   * {@linkcode Condition.waitFor} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param guard The mutex, held.
   * @param predicate What is waited for.
   * @param options When to give up.
   * @throws as {@linkcode Condition.waitFor} does, or what a handler throws.
   */
  waitForSync(guard: LockGuard, predicate: () => boolean, options: SyncWaitOptions = {}): void {
    this.#check(guard, options);
    const deadline = new Deadline(options);
    while (!predicate()) this.waitSync(guard, deadline.options);
  }

  /**
   * Wake one who waits. Hold the mutex, or have held it for the change, so that none is missed who has seen the old state.
   * If the one that wakes up dies before it has done anything, nobody else is woken for it.
   *
   * @throws {TypeError} if the memory can only be read.
   * @throws {ClosedError} if the memory is detached.
   */
  notifyOne(): void {
    this.#notify(1);
  }

  /**
   * Wake all who wait. They get the mutex one after the other.
   *
   * @throws {TypeError} if the memory can only be read.
   * @throws {ClosedError} if the memory is detached.
   */
  notifyAll(): void {
    this.#notify(Infinity);
  }

  /** Who has released the mutex and does not sleep yet sees that the word has changed, and does not fall asleep. */
  #notify(count: number): void {
    this.#memory.add(this.#offset, 1);
    this.#memory.wake(this.#offset, count);
  }

  #check(guard: LockGuard, options: WaitOptions): void {
    checkLimit(options);
    if (ownerOf(guard) !== this.#mutex) throw new TypeError("The guard is not of the mutex of this condition");
  }

  /** Release the mutex: the word as it was before. */
  #begin(guard: LockGuard, options: WaitOptions): number {
    this.#check(guard, options);
    const before = this.#memory.load(this.#offset);
    guard.unlock();
    return before;
  }
}
