/**
 * Waiting for a moment on this thread before the loop is asked. To be told by the loop costs two changes of threads, as much
 * as the whole answer of a peer on the same machine; who is in a dialog with one has it sooner by asking the kernel itself.
 *
 * It must not stop the program: a moment is as short as the change of threads, the loop has its turn after
 * some moments whatever comes, and where nothing comes in time it is tried ever more seldom.
 */
import { EPOLL, POLLFD } from "./abi/sys_epoll.ts";
import { type LoopTurn, loopTurn } from "./loop_turn.ts";
import { ppoll } from "./poll.ts";
import { sched_yield } from "./sched.ts";

/** Nanoseconds of a moment. */
const MOMENT = 100_000n;
/** How often it is looked without a time limit, whose timer takes a virtual machine longer than many a peer its answer. */
const LOOKS = 4;
/** Milliseconds after which the loop has a turn, for its timers, its signals and all else. */
const TURN = 10;
/** How many waits go by at most before it is tried again. */
const LONGEST_REST = 1023;

const moment = BigInt64Array.of(0n, MOMENT);
const none = new BigInt64Array(2);

export class ShortWait {
  readonly #turn: Pick<LoopTurn, "since">;
  /** How many waits go by without trying, and how many will after the next moment in vain. */
  #rest = 0;
  #nextRest = 1;
  readonly #table = new DataView(new ArrayBuffer(POLLFD.sizeof));

  constructor(turn: Pick<LoopTurn, "since"> = loopTurn) {
    this.#turn = turn;
  }

  /** What of `events` has come to `fd` after a moment; 0 if nothing has, or it was not tried. */
  events(fd: number, events: number): number {
    if (this.#rest > 0) {
      this.#rest--;
      return 0;
    }
    if (this.#turn.since > TURN) return 0;
    const table = this.#table;
    table.setInt32(POLLFD.fd, fd, true);
    table.setInt16(POLLFD.events, events, true);
    if (this.#comes()) {
      this.#nextRest = 1;
      const came = table.getInt16(POLLFD.revents, true);
      // What is not open the loop has its own word for.
      return (came & EPOLL.POLLNVAL) === 0 ? came : 0;
    }
    this.#rest = this.#nextRest;
    this.#nextRest = Math.min(2 * this.#nextRest + 1, LONGEST_REST);
    return 0;
  }

  /** The peer has the processor first, if it waits for that. */
  #comes(): boolean {
    for (let look = 0; look < LOOKS; look++) {
      sched_yield();
      if (ppoll(this.#table, 1, none, null) > 0) return true;
    }
    return ppoll(this.#table, 1, moment, null) > 0;
  }
}
