/** A variable that processes share. */
import { ClosedError, SyscallError } from "../core/errors.ts";
import { checkLimit, Deadline, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { keyText } from "./key.ts";
import type { LockGuard } from "./lock_guard.ts";
import type { Mutex } from "./mutex.ts";
import { beginChange, checkNoChange } from "./own_changes.ts";
import type { SharedMemory } from "./shared_memory.ts";
import type { Fields, StructValue } from "./struct.ts";
import type { TwoCopies } from "./two_copies.ts";

/**
 * A variable that processes share: what {@linkcode shared} has made or found. All see one value, whole: a change is made under a lock
 * on a copy, which takes the value's place in one step. A process that dies while it changes the value, `kill -9` included, has not changed it, and
 * the next one goes on at once.
 *
 * It stays until somebody removes it; {@linkcode SharedState.close}, or the end of a `using` block, only lets go of it.
 *
 * @example
 * ```ts
 * import { ftok, shared, struct } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using state = await shared(ftok(path), struct({ count: "u32" }));
 * await state.update((value) => value.count++);
 * console.assert(state.read().count === 1);
 * state.remove();
 * await Deno.remove(path);
 * ```
 * @see shmget(2), semop(2)
 */
export class SharedState<F extends Fields> implements Disposable {
  /** The key that it is found by. */
  readonly key: number;
  /** Whether this program has made it. */
  readonly created: boolean;
  readonly #memory: SharedMemory;
  readonly #mutex: Mutex;
  readonly #copies: TwoCopies<F>;

  /** @ignore */
  constructor(memory: SharedMemory, mutex: Mutex, copies: TwoCopies<F>) {
    this.key = memory.key;
    this.created = memory.created;
    this.#memory = memory;
    this.#mutex = mutex;
    this.#copies = copies;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#memory.closed;
  }

  /**
   * How often it was changed, from 0 on; 0 follows 4294967295.
   *
   * @throws {ClosedError} if it was closed.
   */
  get version(): number {
    return this.#copies.version(this.#memory);
  }

  /**
   * The value as it is at this moment, whole, whatever is changed meanwhile. Nobody is waited for.
   *
   * @returns A copy: to change it changes nothing.
   * @throws {ClosedError} if it was closed.
   */
  read(): StructValue<F> {
    return this.#copies.read(this.#memory);
  }

  /**
   * Change the value under its lock: `change` gets a copy that is the caller's to change, and which is the value for all once it has returned, or its
   * promise is resolved. If it throws, or the copy does not fit the schema, nothing has changed.
   *
   * While it waits for the lock no thread of Deno's is held, and the process stays alive. A change that is given up has changed
   * nothing. As long as `change` runs all others wait; one that waits for another change of the same variable waits for ever,
   * and one in a Web Worker that is terminated meanwhile keeps the others waiting until its process ends.
   *
   * @param change What is to be done with the copy: numbers are set, arrays and maps changed in place.
   * @param options When to give up waiting for the lock; once `change` runs it is not given up.
   * @returns What `change` returns.
   * @throws {RangeError} if a number, a text, a list or a map does not fit, or `timeout` is negative.
   * @throws {TypeError} if a value has another type, or `change` is no function.
   * @throws {SyscallError} `EIDRM` or `EINVAL` if it was removed, `EACCES` if this user may not change it, `ENOSPC` or `ENOMEM` if the
   * system has no room to undo the lock.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, a `DOMException` named "TimeoutError", or what `change` throws.
   * @example
   * ```ts
   * import { ftok, list, map, shared, struct, text } from "@vasty/vasty";
   *
   * const path = await Deno.makeTempFile();
   * const People = struct({ names: list(text(32), 100), ages: map(text(32), "u8", 100) });
   * using people = await shared(ftok(path), People);
   * const count = await people.update((value) => {
   *   value.names.push("Ann");
   *   value.ages.set("Ann", 3);
   *   return value.names.length;
   * }, { timeout: 5_000 });
   * console.assert(count === 1 && people.read().ages.get("Ann") === 3);
   * people.remove();
   * await Deno.remove(path);
   * ```
   */
  async update<T>(change: (value: StructValue<F>) => T | Promise<T>, options: WaitOptions = {}): Promise<T> {
    this.#check(change);
    using _change = beginChange(this.#mutex.id);
    using guard = await this.#mutex.lock(options);
    this.#begin(guard);
    const value = this.#copies.read(this.#memory);
    const result = await change(value);
    this.#copies.publish(this.#memory, this.#copies.image(value));
    return result;
  }

  /**
   * {@linkcode SharedState.update} that blocks this thread. Handlers of signals run while it waits for the lock.
   *
   * @param change What is to be done with the copy; no promise is waited for.
   * @param options When to give up waiting for the lock.
   * @returns What `change` returns.
   * @throws {RangeError} if a number, a text, a list or a map does not fit, or `timeout` is negative.
   * @throws {TypeError} if a value has another type, `change` is no function, or returns a promise.
   * @throws {SyscallError} as {@linkcode SharedState.update} does.
   * @throws {Deno.errors.Busy} if a change by {@linkcode SharedState.update} in this thread is not over: to block the thread would
   * be to wait for ever.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError", or what a handler or `change` throws.
   */
  updateSync<T>(change: (value: StructValue<F>) => T, options: SyncWaitOptions = {}): T {
    this.#check(change);
    checkLimit(options);
    checkNoChange(this.#mutex.id, this.key);
    using _change = beginChange(this.#mutex.id);
    using guard = this.#mutex.lockSync(options);
    this.#begin(guard);
    const value = this.#copies.read(this.#memory);
    const result = change(value);
    if (result instanceof Promise) throw new TypeError("updateSync() does not wait for a promise: use update()");
    this.#copies.publish(this.#memory, this.#copies.image(value));
    return result;
  }

  #check(change: unknown): void {
    if (typeof change !== "function") throw new TypeError("What is done with the value is a function");
    if (this.closed) throw new ClosedError(`The shared variable ${keyText(this.key)} has been closed`);
  }

  /** Who has died may have published a change and told nobody. */
  #begin(guard: LockGuard): void {
    if (guard.abandoned !== undefined) this.#copies.tell(this.#memory);
  }

  /**
   * Wait until the variable has another version than `version`. Several changes may have been made by then.
   *
   * No thread of Deno's is held, and the process stays alive.
   *
   * @param version The version that is known: what {@linkcode SharedState.version} was before the value was read. @default {that of now}
   * @param options When to give up.
   * @returns The version that it has now.
   * @throws {RangeError} if `timeout` is negative, or `version` is none.
   * @throws {SyscallError} `EAGAIN` if no thread can be started for the wait.
   * @throws {ClosedError} if it is closed, now or meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { ftok, shared, struct } from "@vasty/vasty";
   *
   * const path = await Deno.makeTempFile();
   * using state = await shared(ftok(path), struct({ count: "u32" }));
   * const { version } = state;
   * const changed = state.changed(version, { timeout: 5_000 });
   * await state.update((value) => value.count++);
   * console.assert(await changed === version + 1);
   * state.remove();
   * await Deno.remove(path);
   * ```
   */
  async changed(version: number = this.version, options: WaitOptions = {}): Promise<number> {
    const deadline = new Deadline(options);
    while (this.version === checkVersion(version)) {
      await this.#memory.wait(this.#copies.versionAt, version, deadline.options);
    }
    return this.version;
  }

  /**
   * {@linkcode SharedState.changed} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param version The version that is known. @default {that of now}
   * @param options When to give up.
   * @returns The version that it has now.
   * @throws {RangeError} if `timeout` is negative, or `version` is none.
   * @throws {SyscallError} `EAGAIN` if no thread can be started for the wait.
   * @throws {ClosedError} if it is closed.
   * @throws a `DOMException` named "TimeoutError", or what a handler throws.
   */
  changedSync(version: number = this.version, options: SyncWaitOptions = {}): number {
    const deadline = new Deadline(options);
    while (this.version === checkVersion(version)) {
      this.#memory.waitSync(this.#copies.versionAt, version, deadline.options);
    }
    return this.version;
  }

  /**
   * Remove it: nobody finds it by its key any more, and the next who asks for it makes a new one. Changes of this one fail with
   * `EIDRM` or `EINVAL` from now on, in all processes; its last value can be read until it is closed. Removing it twice is safe.
   *
   * @throws {SyscallError} `EPERM` if this user is neither its owner, nor its creator, nor root.
   * @throws {ClosedError} if it was closed.
   */
  remove(): void {
    // Who has just found the lock, and is about to look for the memory, is let through, as far as nobody is waited for.
    using _guard = unlessGone(() => this.#mutex.tryLock());
    // The other way round, who comes between the two would have memory that nobody finds, and a lock that others have.
    this.#memory.remove();
    unlessGone(() => this.#mutex.remove());
  }

  /** Let go of it; the second time does nothing. What waits for it rejects with a {@linkcode ClosedError}. */
  close(): void {
    this.#mutex.close();
    this.#memory.detach();
  }

  /** The same as {@linkcode SharedState.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function checkVersion(version: number): number {
  if (Number.isInteger(version) && version >= 0 && version < 2 ** 32) return version;
  throw new RangeError(`A version is an integer from 0 to 4294967295: ${version}`);
}

/** Whether an error says that the lock was removed. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof SyscallError) || !["semop", "semctl"].includes(error.syscall)) return false;
  return error.code === "EIDRM" || error.code === "EINVAL";
}

/** What `ask` gives, and nothing if it was removed. */
export function unlessGone<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!isGone(error)) throw error;
    return undefined;
  }
}
