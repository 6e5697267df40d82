/**
 * Calls that block this thread although they have no descriptor to wait for: a worker makes the call, and this thread waits
 * for its answer as it waits for everything, so that a time limit holds and handlers of signals run. No signal can come
 * too early to be seen, as one that has to interrupt a system call can.
 */
import { ERRNO } from "./abi/errno.ts";
import type { Bound, Parameter } from "./bind.ts";
import { loop, prepareToWait } from "./loop.ts";
import { POLL_READ, pollAny } from "./poll.ts";
import { type Call, newFrame, type Threads } from "./threads.ts";

/** The longest that poll(2) waits. */
const LONGEST = 2 ** 31 - 1;
/** Milliseconds from one kick to the next. */
const KICK_AGAIN = 2;

type Called = Pick<Bound<readonly Parameter[]>, "address" | "read">;

/**
 * Make the call and block until it has returned: its value or -errno; -ETIMEDOUT after `timeout` milliseconds, -ECANCELED
 * once a handler has made it pointless, which `over` tells, unless it has succeeded by then. Addresses among `args` must lie
 * in memory that stays.
 *
 * @throws what a handler throws, once the call has returned. If it has succeeded after all, `undo` gets its value before.
 */
export function block(
  fn: Called,
  args: readonly number[],
  timeout: number,
  undo: (value: number) => void,
  over: () => boolean = () => false,
): number {
  const rc = prepareToWait();
  if (rc < 0) return rc;
  const { threads } = loop();
  if (typeof threads === "number") return threads;
  const call = new BlockingCall(threads, fn, args);
  try {
    return call.finish(performance.now() + timeout, over);
  } catch (error) {
    const value = call.cancel();
    if (value >= 0) undo(value);
    throw error;
  } finally {
    call.frame.free();
  }
}

class BlockingCall implements Call {
  readonly frame;
  readonly #threads: Threads;
  readonly #fn: Called;
  #value: number | undefined;

  constructor(threads: Threads, fn: Called, args: readonly number[]) {
    this.#threads = threads;
    this.#fn = fn;
    this.frame = newFrame(fn.address(), args);
    this.#begin();
  }

  #begin(): void {
    this.#value = undefined;
    const rc = this.#threads.begin(this);
    if (rc < 0) this.#value = rc;
  }

  returned(frame: Int32Array): void {
    this.#value = this.#fn.read(frame);
  }

  finish(deadline: number, over: () => boolean): number {
    for (;;) {
      if (this.#value === -ERRNO.EINTR) this.#begin();
      if (this.#value !== undefined) return this.#value;
      const left = deadline - performance.now();
      const pointless = over();
      if (pointless || left <= 0) {
        const value = this.cancel();
        return value !== -ERRNO.EINTR ? value : pointless ? -ERRNO.ECANCELED : -ERRNO.ETIMEDOUT;
      }
      this.#wait(Math.min(Math.ceil(left), LONGEST), true);
    }
  }

  /** Interrupt it: what it returns, -EINTR if nothing was done. */
  cancel(): number {
    while (this.#value === undefined) {
      this.#threads.kick(this);
      this.#wait(KICK_AGAIN, false);
    }
    return this.#value;
  }

  /** The answers of other calls that come meanwhile are told to those who wait for them. */
  #wait(timeout: number, interruptible: boolean): void {
    const ready = pollAny([[this.#threads.response, POLL_READ]], timeout, interruptible);
    if (typeof ready !== "number" && ready.length > 0) this.#threads.drain();
  }
}
