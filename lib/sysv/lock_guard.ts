/** A lock that is held. */
import { ClosedError } from "../core/errors.ts";
import type { AbandonedLock } from "./lock_owner.ts";

/** Hold the lock of `guard` again, which {@linkcode LockGuard.unlock} has released. */
export let regain: (guard: LockGuard, abandoned: AbandonedLock | undefined) => void;
/** What the guard is of. @throws {ClosedError} if it is not held. */
export let ownerOf: (guard: LockGuard) => object;

/**
 * A lock that is held, until {@linkcode LockGuard.unlock}, the end of a `using` block, or the end of this process.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, Mutex } from "@vasty/vasty";
 *
 * using mutex = Mutex.create(IPC_PRIVATE);
 * {
 *   using guard = await mutex.lock();
 *   if (guard.abandoned) console.error(`Process ${guard.abandoned.pid} has died in the middle of it`);
 * }
 * mutex.remove();
 * ```
 */
export class LockGuard implements Disposable {
  readonly #owner: object;
  readonly #release: () => void;
  #abandoned: AbandonedLock | undefined;
  #held = true;

  static {
    regain = (guard, abandoned) => {
      guard.#held = true;
      guard.#abandoned = abandoned;
    };
    ownerOf = (guard) => {
      if (!guard.#held) throw new ClosedError("The lock is released");
      return guard.#owner;
    };
  }

  /** Made by the methods that lock. */
  constructor(owner: object, release: () => void, abandoned: AbandonedLock | undefined) {
    this.#owner = owner;
    this.#release = release;
    this.#abandoned = abandoned;
  }

  /** Whether it has not been released. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Who held the lock before and died while it did, or ended without releasing it: what the lock protects may be half
   * done, and is to be checked. Undefined if the lock had been released.
   */
  get abandoned(): AbandonedLock | undefined {
    return this.#abandoned;
  }

  /**
   * Release it. The second time does nothing, and so does the first if the lock was removed meanwhile.
   *
   * @throws {SyscallError} if the system refuses, because somebody has changed the semaphores by other means.
   */
  unlock(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#release();
  }

  /** The same as {@linkcode LockGuard.unlock}. */
  [Symbol.dispose](): void {
    this.unlock();
  }
}
