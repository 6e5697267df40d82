/** Waiting for an answer that is about to come. */
import { EPOLL, POLLFD } from "../../ffi/abi/sys_epoll.ts";
import { started } from "../../ffi/loop.ts";
import { ppoll } from "../../ffi/poll.ts";

/** Milliseconds in which an answer comes that is worth waiting for here. */
const SOON = 0.2;
/** So many waits in a row must have been over as soon; more after one was in vain. */
const IN_A_ROW = 4;
const MOST_IN_A_ROW = 4096;
/** Nanoseconds after which it was in vain. A processor whose next timer is near takes longer to wake: it is not SOON. */
const LONGEST = 3_000_000n;
/** Milliseconds after which the event loop has to have a turn: timers and signals wait for it. */
const TURN = 10;
/** How much is received between two looks at the clock. */
const LOOK = 8;

/**
 * How one socket waits for its next datagram. To be woken by the event loop, another thread wakes this one, which takes longer
 * than many an answer does. So in a dialog whose answers come at once this thread asks the kernel itself, if nothing else
 * waits. Where they take their time it never does; where they begin to, this program is held up once.
 */
export class BriefWait {
  readonly #table = new DataView(new ArrayBuffer(POLLFD.sizeof));
  readonly #limit = BigInt64Array.of(0n, LONGEST);
  /** How many waits in a row were soon over, and how many must have been. */
  #row = 0;
  #needed = IN_A_ROW;
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

  /** The event loop has had a turn while it was waited for so many milliseconds. */
  turned(took: number): void {
    this.#turned = performance.now();
    this.#row = took < SOON ? this.#row + 1 : 0;
  }

  /** Wait here, if that is the way: whether `fd` may be read now. */
  readable(fd: number): boolean {
    if (this.#row < this.#needed || (started()?.pending ?? 0) > 0) return false;
    this.#table.setInt32(POLLFD.fd, fd, true);
    this.#table.setInt16(POLLFD.events, EPOLL.POLLIN, true);
    const begun = performance.now();
    const isReadable = ppoll(this.#table, 1, this.#limit, null) > 0;
    const isSoon = isReadable && performance.now() - begun < SOON;
    this.#needed = isSoon ? Math.max(this.#needed - 1, IN_A_ROW) : Math.min(2 * this.#needed, MOST_IN_A_ROW);
    // The row goes on.
    this.#row = isSoon ? this.#needed : 0;
    return isReadable;
  }
}
