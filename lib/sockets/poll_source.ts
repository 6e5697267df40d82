/** What `poll()` can wait for, and how that stands. */
import type { Wait } from "../../ffi/pending.ts";
import { POLL_PRIORITY, POLL_READ, POLL_WRITE } from "../../ffi/poll.ts";
import { PRIORITY, READABLE, ready, WRITABLE } from "../../ffi/reactor.ts";
import type { Fd } from "../core/fd.ts";
import { type PollState, stateOf } from "../core/pollable.ts";
import { denoDescriptor, type DenoSocket, isDenoSocket } from "./deno_sockets.ts";
import type { Child } from "../processes/mod.ts";
import type { Pidfd } from "../signals/mod.ts";

/**
 * What {@linkcode poll} waits for: an `Fd`, whatever has one as `fd` (a `Socket`, a `FifoReader`), a `Pty`, a `Child` or a
 * `Pidfd`, which is readable when its process has ended, the stream that a child's output is read by, the number of a
 * descriptor, or a connection, listener or datagram socket of Deno's.
 */
export type PollSource =
  | number
  | Fd
  | { readonly fd: Fd }
  | { readonly master: Fd }
  | Child
  | Pidfd
  | ReadableStream<Uint8Array<ArrayBuffer>>
  | DenoSocket;

/** A source, and what of it is waited for. */
export interface PollItem<T extends PollSource = PollSource> {
  /** The source. */
  source: T;
  /** Whether a read would not block: there is something, the end, or an error. @default {true if none of the three is given} */
  read?: boolean;
  /** Whether a write would not block, or would fail at once. @default {false} */
  write?: boolean;
  /** Whether there is urgent data of a TCP connection, a change of a pty in packet mode, and the like. @default {false} */
  priority?: boolean;
}

/** The reactor's words. */
const REACTOR = [[POLL_READ, READABLE], [POLL_WRITE, WRITABLE], [POLL_PRIORITY, PRIORITY]] as const;

/** One source that is waited for. */
export class Watched<T extends PollSource> {
  readonly source: T;
  /** As poll(2) has them. */
  readonly events: number;

  /** @throws {TypeError} if it can never be waited for. */
  constructor(item: T | PollItem<T>) {
    const isItem = typeof item === "object" && item !== null && "source" in item;
    const { source, write = false, priority = false, read = !write && !priority } = isItem ? item : { source: item };
    this.source = source as T;
    this.events = (read ? POLL_READ : 0) | (write ? POLL_WRITE : 0) | (priority ? POLL_PRIORITY : 0);
  }

  /**
   * How it stands.
   *
   * @throws {ClosedError} if it was closed.
   * @throws {TypeError} if it is nothing to wait for, or a socket of Deno's that cannot be found.
   * @throws {RangeError} if it is a number, but no descriptor's.
   */
  get state(): PollState {
    const source: unknown = this.source;
    if (typeof source === "number") return { fd: checked(source), ready: false };
    if (typeof source === "object" && source !== null) {
      const state = stateOf(source);
      if (state !== undefined) return state;
      const fd = "fd" in source ? source.fd as Fd : source as Fd;
      if (typeof fd?.number === "number") return { fd: fd.number, ready: false };
      if (isDenoSocket(source)) return { fd: denoDescriptor(source), ready: false };
    }
    throw new TypeError(`Nothing that can be waited for: ${Deno.inspect(source, { depth: 0 })}`);
  }

  /** Begin to wait. What ends the waits is to be looked at: it may have come for nothing. */
  begin(): Wait[] {
    const { fd, wait } = this.state;
    const own = wait !== undefined && (this.events & POLL_READ) !== 0;
    const rest = own ? this.events & ~POLL_READ : this.events;
    const waits = own ? [wait()] : [];
    if (fd >= 0 && (rest !== 0 || !own)) waits.push(ready(fd, reactorEvents(rest)));
    return waits;
  }
}

function checked(number: number): number {
  if (Number.isInteger(number) && number >= 0 && number <= 0x7fffffff) return number;
  throw new RangeError(`A descriptor is an integer from 0 on, not ${number}`);
}

function reactorEvents(events: number): number {
  return REACTOR.reduce((all, [poll, reactor]) => (events & poll) !== 0 ? all | reactor : all, 0);
}
