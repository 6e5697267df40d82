/** Waiting for the first of several things: select(2), and Perl's IO::Select. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import type { Wait } from "../../ffi/pending.ts";
import {
  POLL_ERROR,
  POLL_HANGUP,
  POLL_NOT_OPEN,
  POLL_PRIORITY,
  POLL_READ,
  POLL_WRITE,
  pollEach,
} from "../../ffi/poll.ts";
import { withTurn } from "../../ffi/reactor.ts";
import { syscallError } from "../core/errors.ts";
import { checkLimit, Deadline, Limit, type SyncWaitOptions, type WaitOptions } from "../core/limit.ts";
import { waitError } from "../core/readiness.ts";
import { type PollItem, type PollSource, Watched } from "./poll_source.ts";

export type { PollItem, PollSource };

/** The longest that poll(2) waits. */
const LONGEST = 2 ** 31 - 1;

/** What {@linkcode poll} has found; each list is in the order in which the sources were given. */
export interface PollResult<T extends PollSource = PollSource> {
  /** All that are in any of the other lists; empty when the time was over before anything was ready. */
  ready: T[];
  /** Of which a read would not block: there is something to read, the end, or an error. */
  readable: T[];
  /** Of which a write would not block, or would fail at once. */
  writable: T[];
  /** That have urgent data. */
  priority: T[];
  /** In error, asked for or not: a socket with a pending error, the writing end of a pipe that nobody reads. */
  failed: T[];
  /** Hung up, asked for or not: nobody writes the pipe any more, or both directions of the socket are shut. */
  hungUp: T[];
}

/**
 * Wait until one of several things is ready, and say which ones are. Nothing is read or written by that, and every source
 * stays its owner's, which must not close the descriptor behind a number meanwhile. While it waits no thread is held, and
 * the process stays alive.
 *
 * What the library has read ahead into a stream counts as readable at once. Regular files are always ready. A child counts
 * as readable when it has ended, and so does the process of a `Pidfd`; `child.poll()` then gives its status. That something was ready is no promise: another
 * reader may be quicker.
 *
 * A connection, listener or datagram socket of Deno's is found by its addresses among the descriptors of this program: at
 * the first time all of them are looked at, later its own alone. What Deno has read ahead into `conn.readable`, or decrypted
 * of TLS, cannot be seen. Nothing tells when Deno closes one meanwhile: close it when the wait is over.
 *
 * @param items The sources, each for reading, or as a {@linkcode PollItem} for what it says. Without any it only waits for
 * its time to pass.
 * @param options When to give up. Unlike elsewhere the end of `timeout` is no error: the result is empty then, as
 * select(2) says 0. `timeout: 0` only looks.
 * @returns What is ready.
 * @throws the signal's reason.
 * @throws {TypeError} if a source is nothing that can be waited for, or there is none, and no limit either; for a Unix
 * connection of Deno's, which has no name to be found by (one of `socket()` can be waited for), and if several sockets have
 * the same addresses.
 * @throws {RangeError} if `timeout` is negative or not a number, or a number is no descriptor's.
 * @throws {ClosedError} if a source is closed, now or while it is waited for; also for a connection of Deno's that its peer
 * had reset before it was waited for the first time.
 * @throws {SyscallError} `EBADF` for the number of a descriptor that is not open; `EINVAL` if there are more sources than
 * the process may have descriptors; `ENOSPC` or `ENOMEM` if the kernel can watch no more; `EMFILE` as {@linkcode waitReadable}.
 * @example Read whichever comes first
 * ```ts
 * import { poll, spawn } from "@vasty/vasty";
 *
 * await using slow = spawn(["sh", "-c", "read line; echo slow"], { stdin: "piped", stdout: "piped" });
 * await using quick = spawn(["echo", "quick"], { stdout: "piped" });
 * const { readable } = await poll([slow.stdout, quick.stdout], { timeout: 5_000 });
 * console.assert(readable.length === 1 && readable[0] === quick.stdout);
 * console.assert(await new Response(quick.stdout).text() === "quick\n");
 * ```
 * @example Write where there is room
 * ```ts
 * import { poll, socketpair } from "@vasty/vasty";
 *
 * const [left, right] = socketpair();
 * using _left = left;
 * using _right = right;
 * const { writable, readable } = await poll([{ source: left, write: true, read: true }]);
 * console.assert(writable[0] === left && readable.length === 0);
 * console.assert((await poll([right], { timeout: 10 })).ready.length === 0);
 * ```
 * @see poll(2), select(2), epoll(7)
 */
export async function poll<T extends PollSource>(
  items: Iterable<T | PollItem<T>>,
  options: WaitOptions = {},
): Promise<PollResult<T>> {
  checkLimit(options);
  const watched = watch(items, options);
  const found = look(watched, 0, false);
  if (found !== undefined && (found.ready.length > 0 || options.timeout === 0)) return withTurn(found);
  let wake = () => {};
  let aborted: { reason: unknown } | undefined;
  let over = false;
  using _signal = new Limit({ signal: options.signal }, (reason) => {
    aborted = { reason };
    wake();
  });
  using _time = new Limit({ timeout: options.timeout }, () => {
    over = true;
    wake();
  });
  for (;;) {
    await first(watched, (end) => wake = end);
    if (aborted) throw aborted.reason;
    const found = look(watched, 0, false);
    if (found !== undefined && (over || found.ready.length > 0)) return found;
  }
}

/**
 * The blocking twin of {@linkcode poll}: nothing else of this program runs while it waits but the handlers of signals. A
 * child that has no descriptor, as where the kernel can watch no more (`ENOSPC`), can be waited for by `poll` alone.
 *
 * @param items As {@linkcode poll} takes them.
 * @param options How long to wait; the result is empty then.
 * @returns What is ready.
 * @throws {TypeError} as {@linkcode poll} does, and for what only the event loop can wait for.
 * @throws {RangeError} as {@linkcode poll} does.
 * @throws {ClosedError} as {@linkcode poll} does, or if a handler closes a source.
 * @throws {SyscallError} as {@linkcode poll} does.
 * @throws what a signal's handler throws.
 * @example
 * ```ts
 * import { pipe, pollSync } from "@vasty/vasty";
 *
 * const { reader, writer } = pipe();
 * console.assert(pollSync([reader], { timeout: 10 }).ready.length === 0);
 * writer.close();
 * console.assert(pollSync([reader]).hungUp[0] === reader);
 * reader.close();
 * ```
 * @see poll(2)
 */
export function pollSync<T extends PollSource>(
  items: Iterable<T | PollItem<T>>,
  { timeout }: SyncWaitOptions = {},
): PollResult<T> {
  const deadline = new Deadline({ timeout });
  const watched = watch(items, { timeout });
  for (;;) {
    const { left } = deadline;
    const found = look(watched, left === Infinity ? -1 : Math.min(Math.ceil(left), LONGEST), true);
    if (found !== undefined && (found.ready.length > 0 || deadline.left === 0)) return found;
  }
}

function watch<T extends PollSource>(items: Iterable<T | PollItem<T>>, options: WaitOptions): Watched<T>[] {
  const watched = Array.from(items, (item) => new Watched<T>(item));
  const { signal, timeout = Infinity } = options;
  if (watched.length > 0 || signal !== undefined || timeout < Infinity) return watched;
  throw new TypeError("Nothing to wait for, and no limit: that would never end");
}

/** What is ready within `timeout` milliseconds (-1: without limit); nothing if it is to be asked again. */
function look<T extends PollSource>(
  watched: readonly Watched<T>[],
  timeout: number,
  blocking: boolean,
): PollResult<T> | undefined {
  const states = watched.map(({ state }) => state);
  const early = states.map(({ ready }, i) => ready && (watched[i]!.events & POLL_READ) !== 0);
  const now = early.includes(true);
  if (blocking && !now && states.some(({ hidden, ready }) => hidden && !ready)) {
    throw new TypeError("Only the event loop can wait for a source of these: use poll()");
  }
  const came = pollEach(states.map(({ fd }, i) => [fd, watched[i]!.events]), now ? 0 : timeout, blocking);
  if (came === -ERRNO.EINTR) return undefined;
  if (typeof came === "number") throw syscallError(`wait for ${watched.length} descriptors`, -came, "poll");
  const found: PollResult<T> = { ready: [], readable: [], writable: [], priority: [], failed: [], hungUp: [] };
  watched.forEach((one, i) => {
    const { fd } = states[i]!;
    if ((came[i]! & POLL_NOT_OPEN) !== 0) throw syscallError(`wait for descriptor ${fd}`, ERRNO.EBADF, "poll", { fd });
    // select(2) calls readable what has failed or is hung up, and writable what has failed: the call would not block.
    enter(found, one, came[i]! | (early[i] ? POLL_READ : 0));
  });
  return found;
}

/** Put what has come where it belongs. */
function enter<T extends PollSource>(found: PollResult<T>, { source, events }: Watched<T>, came: number): void {
  const lists: [list: T[], wanted: number, signs: number][] = [
    [found.readable, POLL_READ, POLL_READ | POLL_HANGUP | POLL_ERROR],
    [found.writable, POLL_WRITE, POLL_WRITE | POLL_ERROR],
    [found.priority, POLL_PRIORITY, POLL_PRIORITY],
    [found.failed, 0, POLL_ERROR],
    [found.hungUp, 0, POLL_HANGUP],
  ];
  for (const [list, wanted, signs] of lists) {
    if ((events & wanted) === wanted && (came & signs) !== 0) list.push(source);
  }
  if (came !== 0) found.ready.push(source);
}

/** Wait until something may have become ready, or `end`, which is given out, was called. */
async function first<T extends PollSource>(
  watched: readonly Watched<T>[],
  give: (end: () => void) => void,
): Promise<void> {
  const waits: Wait[] = [];
  const { promise, resolve } = Promise.withResolvers<{ one: Watched<T>; rc: number } | undefined>();
  give(() => resolve(undefined));
  try {
    for (const one of watched) {
      for (const wait of one.begin()) {
        waits.push(wait);
        wait.result.then((rc) => resolve({ one, rc }));
      }
    }
    const end = await promise;
    if (end === undefined || end.rc >= 0) return;
    // What was closed throws here; a child that was reaped, or a stream that the event loop took over, has given up its
    // descriptor, and shows itself anew. A number can say nothing of the kind.
    const { source, state: { fd, ready } } = end.one;
    const isOver = end.rc === -ERRNO.EBADF && typeof source !== "number";
    if (!ready && !isOver) throw waitError(fd, -end.rc);
  } finally {
    for (const wait of waits) wait.cancel();
  }
}
