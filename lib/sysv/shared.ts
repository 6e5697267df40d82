/** How a variable that processes share is made and found. */
import { SyscallError } from "../core/errors.ts";
import { checkLimit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { createFlags, type IpcCreateOptions } from "./ipc_object.ts";
import { IPC_PRIVATE, keyOf } from "./key.ts";
import { Mutex } from "./mutex.ts";
import { beginChange, checkNoChange } from "./own_changes.ts";
import { SharedMemory } from "./shared_memory.ts";
import { isGone, SharedState, unlessGone } from "./shared_state.ts";
import { type Fields, placesOf, type Struct, type StructValue } from "./struct.ts";
import { isVariable, TwoCopies } from "./two_copies.ts";

/** How a shared variable is made. */
export interface SharedValueOptions<F extends Fields> extends IpcCreateOptions {
  /**
   * What a new one has in it; what is left out is 0, false or empty. It counts for who makes it alone.
   * @default {nothing}
   */
  initial?: Partial<StructValue<F>>;
  /**
   * Make it if there is none; otherwise that is an error (`ENOENT`).
   * @default {true}
   */
  create?: boolean;
}

/** How {@linkcode shared} makes a variable, and when it gives up. */
export interface SharedOptions<F extends Fields> extends SharedValueOptions<F>, WaitOptions {}

/** How {@linkcode sharedSync} makes a variable, and when it gives up. */
export interface SharedSyncOptions<F extends Fields> extends SharedValueOptions<F>, SyncWaitOptions {}

/** What is to be made or found. */
class Wanted<F extends Fields> {
  readonly key: number;
  readonly #copies: TwoCopies<F>;
  readonly #image: DataView<ArrayBuffer>;
  readonly #mode: number | undefined;
  readonly #exclusive: boolean;
  readonly #create: boolean;

  constructor(key: number, schema: Struct<F>, options: SharedOptions<F>) {
    const { mode, exclusive = false, initial = {}, create = true } = options;
    this.key = keyOf(key);
    if (this.key === IPC_PRIVATE) throw new RangeError("A shared variable is found by its key: it cannot be private");
    placesOf(schema);
    createFlags(options);
    checkLimit(options);
    this.#copies = new TwoCopies(schema);
    this.#image = this.#copies.image({ ...this.#copies.zero(), ...initial });
    this.#mode = mode;
    this.#exclusive = exclusive;
    this.#create = create;
  }

  /** The lock, and whether it is new; undefined if somebody has removed it before it was there. */
  mutex(): { mutex: Mutex; isNew: boolean } | undefined {
    if (!this.#create) return { mutex: Mutex.open(this.key), isNew: false };
    for (const isNew of [true, false]) {
      try {
        return { mutex: Mutex.create(this.key, { mode: this.#mode, exclusive: isNew }), isNew };
      } catch (error) {
        if (isGone(error)) return undefined;
        if (!isNew || !(error instanceof SyscallError) || error.code !== "EEXIST") throw error;
      }
    }
  }

  /** The variable. Its lock is held, and does not stay if it is new and there is nothing to lock. */
  state(mutex: Mutex, isNew: boolean): SharedState<F> {
    let memory: SharedMemory | undefined;
    try {
      memory = this.#memory();
      this.#copies.initialise(memory, this.#image);
      return new SharedState(memory, mutex, this.#copies);
    } catch (error) {
      memory?.detach();
      if (isNew && !this.#isThere()) unlessGone(() => mutex.remove());
      throw error;
    }
  }

  /** After a failure: true if the lock was removed before it was taken, and is to be made anew. */
  isOver(mutex: Mutex, isNew: boolean, error: unknown): boolean {
    // A new lock that could not be taken does not stay either, unless somebody else has found it.
    const left = isNew && !isGone(error) && unlessGone(() => mutex.holder() === undefined) && !this.#isThere();
    if (left) unlessGone(() => mutex.remove());
    mutex.close();
    return isGone(error);
  }

  /** Whether there is a variable all the same: somebody else has made it, with another schema for example. */
  #isThere(): boolean {
    try {
      using memory = SharedMemory.open(this.key, { readOnly: true });
      return isVariable(memory);
    } catch {
      return false;
    }
  }

  #memory(): SharedMemory {
    if (!this.#create) return SharedMemory.open(this.key);
    for (;;) {
      try {
        return SharedMemory.create(this.key, this.#copies.size, { mode: this.#mode, exclusive: true });
      } catch (error) {
        if (this.#exclusive || !(error instanceof SyscallError) || error.code !== "EEXIST") throw error;
      }
      try {
        return SharedMemory.open(this.key);
      } catch (error) {
        // Somebody has removed it by other means.
        if (!(error instanceof SyscallError) || error.code !== "ENOENT") throw error;
      }
    }
  }
}

/**
 * Make a variable that processes share, or find the one that is there: numbers, texts, arrays, lists and maps, as a schema says. Whoever
 * comes first makes it, exactly once, whoever else comes at the same time.
 *
 * It is System V shared memory with a mutex of the same key. It takes twice the size of the schema.
 *
 * @param key The key of both: a number of 32 bits, such as {@linkcode ftok} makes.
 * @param schema What is in it, made by {@linkcode struct}; everybody has to come with the same one.
 * @param options Who may use it, what is in it at first, and when to give up waiting for who is changing it.
 * @returns The variable, which the caller closes, and removes when nobody needs it any more.
 * @throws {TypeError} if what has this key has another schema, or is something else; or if `initial` has values of another type.
 * @throws {RangeError} if `initial` does not fit the schema, or the key, the mode or `timeout` is out of range.
 * @throws {SyscallError} `EEXIST` if there is one and `exclusive` is set, `ENOENT` if there is none and none is to be made,
 * `EACCES` if this user may not use it, `ENOSPC` or `ENOMEM` if the system has no room.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { ftok, list, shared, struct, text } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * const Log = struct({ total: "u32", lines: list(text(80), 10) });
 * using log = await shared(ftok(path), Log, { mode: 0o600, initial: { total: 100 } });
 * await log.update((value) => {
 *   value.total++;
 *   value.lines.push("hello");
 * });
 * console.assert(log.read().total === 101 && log.read().lines[0] === "hello");
 * log.remove();
 * await Deno.remove(path);
 * ```
 * @see shmget(2), semget(2)
 */
export async function shared<F extends Fields>(
  key: number,
  schema: Struct<F>,
  options: SharedOptions<F> = {},
): Promise<SharedState<F>> {
  const wanted = new Wanted(key, schema, options);
  const { signal, timeout } = options;
  for (;;) {
    const found = wanted.mutex();
    if (found === undefined) continue;
    const { mutex, isNew } = found;
    try {
      using _change = beginChange(mutex.id);
      using _guard = await mutex.lock({ signal, timeout });
      return wanted.state(mutex, isNew);
    } catch (error) {
      if (!wanted.isOver(mutex, isNew, error)) throw error;
    }
  }
}

/**
 * {@linkcode shared} that blocks this thread while somebody else makes or changes it. Handlers of signals run meanwhile.
 *
 * @param key The key.
 * @param schema What is in it.
 * @param options Who may use it, what is in it at first, and when to give up.
 * @returns The variable, which the caller closes.
 * @throws {TypeError} if what has this key has another schema, or is something else; or if `initial` has values of another type.
 * @throws {RangeError} if `initial` does not fit the schema, or the key, the mode or `timeout` is out of range.
 * @throws {SyscallError} as {@linkcode shared} does.
 * @throws {Deno.errors.Busy} if this thread changes it by `update()` at this moment: to block the thread would be to wait for ever.
 * @throws a `DOMException` named "TimeoutError", or what a handler throws.
 * @example
 * ```ts
 * import { ftok, sharedSync, struct } from "@vasty/vasty";
 *
 * const path = await Deno.makeTempFile();
 * using state = sharedSync(ftok(path), struct({ count: "u32" }));
 * state.updateSync((value) => value.count += 2);
 * console.assert(state.read().count === 2);
 * state.remove();
 * await Deno.remove(path);
 * ```
 * @see shmget(2), semget(2)
 */
export function sharedSync<F extends Fields>(
  key: number,
  schema: Struct<F>,
  options: SharedSyncOptions<F> = {},
): SharedState<F> {
  const wanted = new Wanted(key, schema, options);
  for (;;) {
    const found = wanted.mutex();
    if (found === undefined) continue;
    const { mutex, isNew } = found;
    try {
      checkNoChange(mutex.id, wanted.key);
      using _guard = mutex.lockSync({ timeout: options.timeout });
      return wanted.state(mutex, isNew);
    } catch (error) {
      if (!wanted.isOver(mutex, isNew, error)) throw error;
    }
  }
}
