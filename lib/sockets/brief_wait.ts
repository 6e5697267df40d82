/** Waiting for an answer that is about to come. */
import { EPOLL, POLLFD } from "../../ffi/abi/sys_epoll.ts";
import { started } from "../../ffi/loop.ts";
import { ppoll } from "../../ffi/poll.ts";

/** Nanoseconds that this thread itself waits at most. */
const LONGEST = 100_000n;
/** How often it is left out at most, after it was in vain. */
const MOST_LEFT_OUT = 1023;
/** Milliseconds after which the event loop has to have a turn: timers and signals wait for it. */
const TURN = 4;
/** How much is received between two looks at the clock. */
const LOOK = 8;

/**
 * How one socket waits for its next datagram. To be woken by the event loop, another thread wakes this one, which takes longer
 * than many an answer does. So this thread asks the kernel itself first, for a tenth of a millisecond at most: if nothing
 * else waits, and not again soon if it was in vain, so that whoever waits long does not hold up the rest.
 */
export class BriefWait {
  readonly #table = new DataView(new ArrayBuffer(POLLFD.sizeof));
  readonly #limit = BigInt64Array.of(0n, LONGEST);
  #inVain = 0;
  #leaveOut = 0;
  #received = 0;
  #turned = performance.now();

  /** Whether the event loop has to have a turn before anything more is received, be it there already or not. */
  get overdue(): boolean {
    if (this.#received < LOOK) return false;
    this.#received = 0;
    return performance.now() - this.#turned > TURN;
  }

  /** Something was received. */
  count(): void {
    this.#received++;
  }

  /** The event loop has had a turn. */
  turned(): void {
    this.#turned = performance.now();
  }

  /** Wait a moment: whether `fd` may be read now. */
  readable(fd: number): boolean {
    if (this.#leaveOut > 0) {
      this.#leaveOut--;
      return false;
    }
    if ((started()?.pending ?? 0) > 0) return false;
    this.#table.setInt32(POLLFD.fd, fd, true);
    this.#table.setInt16(POLLFD.events, EPOLL.POLLIN, true);
    const isReadable = ppoll(this.#table, 1, this.#limit, null) > 0;
    this.#inVain = isReadable ? 0 : Math.min(2 * this.#inVain + 1, MOST_LEFT_OUT);
    this.#leaveOut = this.#inVain;
    return isReadable;
  }
}
