/** Waiting until a descriptor is ready. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import type { Wait } from "../../ffi/pending.ts";
import { pollAny } from "../../ffi/poll.ts";
import { READABLE, ready, withTurn, WRITABLE } from "../../ffi/reactor.ts";
import { ClosedError, type SyscallError, syscallError } from "./errors.ts";
import type { Fd } from "./fd.ts";
import type { Holding } from "./holding.ts";
import { checkLimit, Deadline, Limit, type LimitOptions, timeoutReason, type WaitOptions } from "./limit.ts";

/** The longest that poll(2) waits. */
const LONGEST = 2 ** 31 - 1;

/** Waits for one descriptor; closing that ends them. */
export class DescriptorWaiter {
  readonly #fd: Fd;
  readonly #waits = new Set<Wait>();
  #held = true;

  constructor(fd: Fd) {
    this.#fd = fd;
  }

  /** Until a read would not block. */
  readable(): Promise<void> {
    return this.#until(READABLE);
  }

  /** Until a write would not block. */
  writable(): Promise<void> {
    return this.#until(WRITABLE);
  }

  /** Until there is an error or a hang-up, which every wait is told of: nobody reads what is written any more. */
  broken(): Promise<void> {
    return this.#until(0);
  }

  async #until(events: number): Promise<void> {
    const wait = ready(this.#fd.number, events, this.#held);
    this.#waits.add(wait);
    const result = await wait.result;
    this.#waits.delete(wait);
    if (result === -ERRNO.ECANCELED || this.#fd.closed) return;
    if (result < 0) throw waitError(this.#fd.number, -result);
  }

  /** End the waits: whoever waits tries again and sees what has become of the descriptor. */
  wake(): void {
    for (const wait of this.#waits) wait.cancel();
  }

  /** Whether waits, those that are under way and later ones, keep the process alive. */
  hold(on: boolean): void {
    this.#held = on;
    for (const wait of this.#waits) on ? wait.ref() : wait.unref();
  }
}

/** What can be waited for: an {@linkcode Fd}, or a number that somebody else owns. */
export type Descriptor = Pick<Fd, "number" | "closed">;

/**
 * Wait until `fd` is ready for `events`. See {@linkcode waitUntil}.
 *
 * @throws as waitUntil() does.
 */
export function until(fd: Descriptor, events: number, options: LimitOptions, holding?: Holding): Promise<void> {
  const { signal, timeout = Infinity } = options;
  return signal === undefined && timeout === Infinity
    ? untilReady(fd, events, holding)
    : untilLimit(fd, events, options, holding);
}

/** Without a limit there is nothing to make for it, nor to dispose of. */
async function untilReady(fd: Descriptor, events: number, holding?: Holding): Promise<void> {
  const wait = ready(fd.number, events);
  const watching = holding?.watch((on) => on ? wait.ref() : wait.unref());
  const result = await wait.result;
  watching?.[Symbol.dispose]();
  checkWait(fd, result);
}

function checkWait(fd: Descriptor, result: number): void {
  if (fd.closed) throw new ClosedError("The descriptor was closed while it was waited for");
  if (result < 0) throw waitError(fd.number, -result);
}

/** `fd` cannot be waited for. Where there are too many descriptors it is the one to wait with that could not be made. */
export function waitError(fd: number, errno: number): SyscallError {
  const tooMany = errno === ERRNO.EMFILE || errno === ERRNO.ENFILE;
  return syscallError(`wait for descriptor ${fd}`, errno, tooMany ? "epoll_create1" : "epoll_ctl", { fd });
}

async function untilLimit(fd: Descriptor, events: number, options: LimitOptions, holding?: Holding): Promise<void> {
  checkLimit(options);
  let failure: { reason: unknown } | undefined;
  const wait = ready(fd.number, events);
  try {
    using limit = new Limit(options, (reason) => {
      failure = { reason };
      wait.cancel();
    });
    using _holding = holding?.watch((on) => {
      on ? wait.ref() : wait.unref();
      limit.hold(on);
    });
    const result = await wait.result;
    if (failure) throw failure.reason;
    checkWait(fd, result);
  } finally {
    wait.cancel();
  }
}

/**
 * Wait until a read of `fd` would not block: there are bytes, the end, or an error. The descriptor stays the caller's.
 * While it waits no thread is held, and the process stays alive.
 *
 * @param fd What to wait for; a regular file is always ready.
 * @param options When to give up.
 * @throws {ClosedError} if `fd` is closed meanwhile.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors: the first wait of a program needs two.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { pipe, waitReadable } from "@vasty/vasty";
 *
 * using reader = pipe().reader; // the writing end is already dropped
 * try {
 *   await waitReadable(reader, { timeout: 20 });
 * } catch (error) {
 *   console.assert((error as Error).name === "TimeoutError");
 * }
 * ```
 * @see epoll(7)
 */
export function waitReadable(fd: Fd, options: WaitOptions = {}): Promise<void> {
  return until(fd, READABLE, { ...options, what: () => `wait until descriptor ${fd.number} is readable` });
}

/**
 * Wait until a write to `fd` would not block, or would fail at once. See {@linkcode waitReadable}.
 *
 * @param fd What to wait for.
 * @param options When to give up.
 * @throws {ClosedError} if `fd` is closed meanwhile.
 * @throws {SyscallError} `EMFILE` or `ENFILE` if there are too many open descriptors: the first wait of a program needs two.
 * @throws the signal's reason, or a `DOMException` named "TimeoutError".
 * @example
 * ```ts
 * import { pipe, waitWritable } from "@vasty/vasty";
 *
 * const { reader, writer } = pipe();
 * await waitWritable(writer, { timeout: 1_000 });
 * reader.close();
 * writer.close();
 * ```
 * @see epoll(7)
 */
export function waitWritable(fd: Fd, options: WaitOptions = {}): Promise<void> {
  return until(fd, WRITABLE, { ...options, what: () => `wait until descriptor ${fd.number} is writable` });
}

/**
 * Wait until `attempt` gives something: whenever it does not, until `fd` is ready for `events`. What gives up has not
 * attempted anything since, so nothing is taken and thrown away. `holding` says whether it keeps the process alive.
 *
 * @throws {RangeError} if `timeout` is negative or not a number.
 * @throws {ClosedError} if `fd` is closed meanwhile.
 * @throws the signal's reason, a `DOMException` named "TimeoutError", or what `attempt` throws.
 */
export async function waitUntil<T>(
  fd: Descriptor,
  events: number,
  attempt: () => T | undefined,
  options: WaitOptions,
  holding?: Holding,
): Promise<T> {
  const deadline = new Deadline(options);
  for (;;) {
    const result = attempt();
    if (result !== undefined) return withTurn(result);
    await until(fd, events, deadline.options, holding);
  }
}

/**
 * Block this thread until `attempt` gives something: whenever it does not, until `fd` is ready for `events`. Handlers of
 * signals run meanwhile.
 *
 * @throws {RangeError} if `timeout` is negative or not a number.
 * @throws {ClosedError} if a handler closes `fd`.
 * @throws a `DOMException` named "TimeoutError", or what a handler or `attempt` throws.
 */
export function blockUntil<T>(
  fd: Pick<Fd, "number">,
  events: number,
  attempt: () => T | undefined,
  { timeout = Infinity, total = timeout }: Omit<LimitOptions, "signal">,
): T {
  checkLimit({ timeout });
  const deadline = performance.now() + timeout;
  for (;;) {
    const result = attempt();
    if (result !== undefined) return result;
    const left = deadline - performance.now();
    if (left <= 0) throw timeoutReason(total);
    const rc = pollAny([[fd.number, events]], Math.min(Math.ceil(left), LONGEST));
    if (typeof rc === "number" && rc !== -ERRNO.EINTR) {
      throw syscallError(`wait for descriptor ${fd.number}`, -rc, "poll", { fd: fd.number });
    }
  }
}
