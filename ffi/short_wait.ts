/**
 * Waiting for a moment on this thread before the loop is asked. To be told by the loop costs two changes of threads, as much
 * as the whole answer of a peer on the same machine; who is in a dialog with one has it sooner by asking the kernel itself.
 *
 * It must not stop the program: the loop has its turn after some moments whatever comes, and where nothing comes in time it
 * is tried ever more seldom.
 *
 * What ends a moment is a clock that is set anew only now and then. A time limit of the call itself is a timer to start and
 * to stop each time, which takes a virtual machine as long as many a peer its answer; and to look again and again instead
 * keeps this processor from the peer, who is then sent to another one, asleep.
 */
import { EPOLL, POLLFD } from "./abi/sys_epoll.ts";
import { TFD } from "./abi/sys_timerfd.ts";
import { CLOCK, ITIMERSPEC } from "./abi/time.ts";
import { aboveStandard } from "./descriptors.ts";
import { type LoopTurn, loopTurn } from "./loop_turn.ts";
import { ppoll } from "./poll.ts";
import { timerfd_create, timerfd_settime } from "./sys_timerfd.ts";

/** Milliseconds of a moment: at least, and at most. */
const LEAST = 0.3;
const MOST = 1;
/** Milliseconds after which the loop has a turn, for its timers, its signals and all else. */
const TURN = 10;
/** How many waits go by at most before it is tried again. */
const LONGEST_REST = 1023;

const NANOSECONDS = 1e6;
const least = BigInt64Array.of(0n, BigInt(LEAST * NANOSECONDS));
const most = new BigInt64Array(ITIMERSPEC.sizeof / 8);
most[ITIMERSPEC.it_value / 8 + 1] = BigInt(MOST * NANOSECONDS);

/** A descriptor for the clock of moments, which its owner closes; or -errno. */
export function newClock(): number {
  return aboveStandard(timerfd_create(CLOCK.CLOCK_MONOTONIC, TFD.TFD_CLOEXEC | TFD.TFD_NONBLOCK));
}

export class ShortWait {
  readonly #clock: number;
  /** When it becomes readable, as performance.now() counts. */
  #end = -Infinity;
  readonly #turn: Pick<LoopTurn, "seen">;
  /** How many waits go by without trying, and how many will after the next moment in vain. */
  #rest = 0;
  #nextRest = 1;
  readonly #table = new DataView(new ArrayBuffer(2 * POLLFD.sizeof));

  /** `clock` as {@linkcode newClock} gives it; it works without one as well, only more slowly. */
  constructor(clock: number, turn: Pick<LoopTurn, "seen"> = loopTurn) {
    this.#clock = clock;
    this.#turn = turn;
    this.#table.setInt32(POLLFD.sizeof + POLLFD.fd, clock, true);
    this.#table.setInt16(POLLFD.sizeof + POLLFD.events, EPOLL.EPOLLIN, true);
  }

  /** What of `events` has come to `fd` after a moment; 0 if nothing has, or it was not tried. */
  events(fd: number, events: number): number {
    if (this.#rest > 0) {
      this.#rest--;
      return 0;
    }
    const now = performance.now();
    if (now - this.#turn.seen > TURN) return 0;
    const table = this.#table;
    table.setInt32(POLLFD.fd, fd, true);
    table.setInt16(POLLFD.events, events, true);
    const came = this.#comes(now) ? table.getInt16(POLLFD.revents, true) : 0;
    if (came !== 0) {
      this.#nextRest = 1;
      // What is not open the loop has its own word for.
      return (came & EPOLL.POLLNVAL) === 0 ? came : 0;
    }
    this.#rest = this.#nextRest;
    this.#nextRest = Math.min(2 * this.#nextRest + 1, LONGEST_REST);
    return 0;
  }

  /** Whether something has come, or the moment has ended before. */
  #comes(now: number): boolean {
    return this.#wound(now) ? ppoll(this.#table, 2, null, null) > 0 : ppoll(this.#table, 1, least, null) > 0;
  }

  /** See that it is a moment until the clock is readable; false where there is none. */
  #wound(now: number): boolean {
    if (this.#end - now >= LEAST) return true;
    if (timerfd_settime(this.#clock, 0, most, null) < 0) return false;
    this.#end = now + MOST;
    return true;
  }
}
