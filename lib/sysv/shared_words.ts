/** Memory that processes share, as words of 32 bits: changed as one, and waited for. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { add32, compareExchange32, exchange32, load32 } from "../../ffi/atomic.ts";
import { futexWaitArguments, futexWaitElsewhere, futexWake } from "../../ffi/linux_futex.ts";
import { check, ClosedError } from "../core/errors.ts";
import { checkLimit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { SharedBytes } from "./shared_bytes.ts";
import { waitFor, waitForSync, type WaitingCall } from "./wait.ts";

const WORD = 4;
const EVERYBODY = 2 ** 31 - 1;
/** So often a word does not become another one and the same again between two looks at it. */
const ATTEMPTS = 16;

/**
 * Words that processes share. They are signed, as those of `Atomics` on an `Int32Array` are: results go from -2147483648 to
 * 2147483647. An argument may be given without a sign as well (4294967295 for -1). Words lie at multiples of 4. No view is needed.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, SharedMemory } from "@vasty/vasty";
 *
 * using words = SharedMemory.create(IPC_PRIVATE, 64);
 * words.remove();
 * words.store(8, 5);
 * console.assert(words.add(8, -6) === 5 && words.load(8) === -1);
 * console.assert(words.compareExchange(8, -1, 7) === -1 && words.load(8) === 7);
 * ```
 */
export class SharedWords extends SharedBytes {
  /**
   * The word at `offset`, as `Atomics.load` tells it.
   *
   * @param offset Where it lies, in bytes: a multiple of 4.
   * @returns The word, from -2147483648 to 2147483647.
   * @throws {RangeError} if there is no word at `offset`.
   * @throws {ClosedError} if it was detached.
   */
  load(offset: number): number {
    return load32(this.addressOf(aligned(offset), WORD)) | 0;
  }

  /**
   * Put `value` at `offset`, as `Atomics.store` does.
   *
   * @param offset Where the word lies, in bytes: a multiple of 4.
   * @param value An integer of 32 bits.
   * @returns `value`.
   * @throws {RangeError} if there is no word at `offset`, or `value` has more bits.
   * @throws {TypeError} if the memory can only be read.
   * @throws {ClosedError} if it was detached.
   */
  store(offset: number, value: number): number {
    exchange32(this.#word(offset), word(value));
    return value;
  }

  /**
   * Add to the word at `offset`, as `Atomics.add` does. What goes beyond 32 bits is lost.
   *
   * @param offset Where the word lies, in bytes: a multiple of 4.
   * @param value An integer of 32 bits; with a negative one it is subtracted.
   * @returns What was there before.
   * @throws {RangeError} if there is no word at `offset`, or `value` has more bits.
   * @throws {TypeError} if the memory can only be read.
   * @throws {ClosedError} if it was detached.
   */
  add(offset: number, value: number): number {
    return add32(this.#word(offset), word(value)) | 0;
  }

  /**
   * Put `value` at `offset`, as `Atomics.exchange` does.
   *
   * @param offset Where the word lies, in bytes: a multiple of 4.
   * @param value An integer of 32 bits.
   * @returns What was there before.
   * @throws {RangeError} if there is no word at `offset`, or `value` has more bits.
   * @throws {TypeError} if the memory can only be read.
   * @throws {ClosedError} if it was detached.
   */
  exchange(offset: number, value: number): number {
    return exchange32(this.#word(offset), word(value)) | 0;
  }

  /**
   * Put `value` at `offset` if `expected` is there, as `Atomics.compareExchange` does.
   *
   * @param offset Where the word lies, in bytes: a multiple of 4.
   * @param expected An integer of 32 bits.
   * @param value An integer of 32 bits.
   * @returns What was there before: `value` was put if that is `expected`, with its sign.
   * @throws {RangeError} if there is no word at `offset`, or a value has more bits.
   * @throws {TypeError} if the memory can only be read.
   * @throws {ClosedError} if it was detached.
   */
  compareExchange(offset: number, expected: number, value: number): number {
    return compareExchange32(this.#word(offset), word(expected), word(value)) | 0;
  }

  #word(offset: number): number {
    return this.writableAddressOf(aligned(offset), WORD);
  }

  /**
   * Sleep until somebody wakes who sleeps on the word at `offset`, in whichever process, if `expected` is there. The kernel
   * compares and falls asleep as one, so that no wake is missed that follows a change of the word. Look at the word again
   * afterwards: it may be another one by then.
   *
   * No thread of Deno's is held, and the process stays alive. A wait that is given up has woken nobody and takes no wake
   * from others.
   *
   * @param offset Where the word lies, in bytes: a multiple of 4.
   * @param expected An integer of 32 bits.
   * @param options When to give up.
   * @returns `"woken"`, or at once `"different"` if something else is there.
   * @throws {RangeError} if there is no word at `offset`, `expected` has more bits, or `timeout` is negative.
   * @throws {ClosedError} if it was detached, now or meanwhile.
   * @throws {SyscallError} `EAGAIN` if no thread can be started for the wait.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @example
   * ```ts
   * import { IPC_PRIVATE, SharedMemory } from "@vasty/vasty";
   *
   * using words = SharedMemory.create(IPC_PRIVATE, 64);
   * words.remove();
   * const waiting = words.wait(0, 0, { timeout: 5_000 });
   * words.store(0, 1); // as another process would
   * words.wake(0, Infinity);
   * await waiting; // "woken", or "different" if it was not asleep yet
   * console.assert(words.load(0) === 1);
   * ```
   * @see futex(2)
   */
  async wait(offset: number, expected: number, options: WaitOptions = {}): Promise<"woken" | "different"> {
    for (let attempt = 1;; attempt++) {
      using call = this.#waiting(offset, expected, options);
      if (call === undefined) return "different";
      const outcome = this.#outcome(await waitFor(call, options, this), offset, expected, attempt);
      if (outcome !== "again") return outcome;
    }
  }

  /**
   * {@linkcode SharedWords.wait} that blocks this thread. Handlers of signals run meanwhile.
   *
   * @param offset Where the word lies, in bytes: a multiple of 4.
   * @param expected An integer of 32 bits.
   * @param options When to give up.
   * @returns `"woken"`, or at once `"different"` if something else is there.
   * @throws {RangeError} if there is no word at `offset`, `expected` has more bits, or `timeout` is negative.
   * @throws {ClosedError} if it was detached, now or by a handler.
   * @throws {SyscallError} `EAGAIN` if no thread can be started for the wait.
   * @throws a `DOMException` named "TimeoutError", or what a handler throws.
   * @see futex(2)
   */
  waitSync(offset: number, expected: number, options: SyncWaitOptions = {}): "woken" | "different" {
    for (let attempt = 1;; attempt++) {
      using call = this.#waiting(offset, expected, options);
      if (call === undefined) return "different";
      // Whoever was to be woken is another one then.
      const passOn = () => void (this.closed || this.wake(offset));
      const rc = waitForSync(call, options, passOn, this);
      const outcome = this.#outcome(rc, offset, expected, attempt);
      if (outcome !== "again") return outcome;
    }
  }

  /** The call that sleeps; nothing if something else is there. */
  #waiting(offset: number, expected: number, options: WaitOptions): WaitingCall | undefined {
    checkLimit(options);
    const address = this.addressOf(aligned(offset), WORD);
    const wanted = word(expected);
    if ((load32(address) | 0) !== wanted) return undefined;
    const use = this.use();
    return {
      fn: futexWaitElsewhere,
      args: futexWaitArguments(address, wanted),
      [Symbol.dispose]: () => use[Symbol.dispose](),
    };
  }

  /**
   * EAGAIN says that the word was another one, but also that there is no thread for the call: that is what it says again and
   * again although the word is the same.
   */
  #outcome(rc: number, offset: number, expected: number, attempt: number): "woken" | "different" | "again" {
    if (this.closed) throw new ClosedError("The memory was detached while its word was waited for");
    if (rc === -ERRNO.EAGAIN) {
      if (this.load(offset) !== word(expected)) return "different";
      if (attempt < ATTEMPTS) return "again";
    }
    check(rc, "wait for a word of shared memory", "futex");
    return "woken";
  }

  /**
   * Wake who sleeps on the word at `offset`, in whichever process.
   *
   * @param offset Where the word lies, in bytes: a multiple of 4.
   * @param count How many at most, `Infinity` for all. @default {1}
   * @returns How many there were.
   * @throws {RangeError} if there is no word at `offset`, or `count` is no integer from 1 on.
   * @throws {ClosedError} if it was detached.
   * @see futex(2)
   */
  wake(offset: number, count = 1): number {
    const address = this.addressOf(aligned(offset), WORD);
    if (count !== Infinity && !(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`count is an integer from 1 on, or Infinity: ${count}`);
    }
    let rc: number;
    while ((rc = futexWake(address, Math.min(count, EVERYBODY))) === -ERRNO.EINTR);
    return check(rc, "wake who waits for a word of shared memory", "futex");
  }
}

function aligned(offset: number): number {
  if (offset % WORD !== 0) throw new RangeError(`A word lies at a multiple of 4, not at ${offset}`);
  return offset;
}

/** With its sign. */
function word(value: number): number {
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
    throw new RangeError(`A word is an integer of 32 bits: ${value}`);
  }
  return value | 0;
}
