/**
 * The ends of children, as their pidfds show them. What wakes the loop to look is this thread's reactor, which takes two
 * wake-ups, until SIGCHLD is caught, which takes one.
 *
 * @module
 */
import { EPOLL } from "./abi/sys_epoll.ts";
import { SIGNAL } from "./abi/signal.ts";
import { afterDrain, isCaught, listen } from "./catcher.ts";
import { isIgnored, isMasked } from "./dispositions.ts";
import { EpollSet, type Interest } from "./epoll_set.ts";

export class ChildEnds {
  readonly #set = new EpollSet();
  readonly #reactor: EpollSet;
  readonly #nested: Interest;
  #caught = false;

  private constructor(reactor: EpollSet) {
    this.#reactor = reactor;
    this.#nested = { fd: this.#set.fd, events: EPOLL.EPOLLIN, fired: () => this.#set.poll(), lasting: true };
  }

  /** A set within `reactor`, the one that this thread waits for; that itself where no other can be had. */
  static within(reactor: EpollSet): ChildEnds | EpollSet {
    const ends = new ChildEnds(reactor);
    if (ends.#set.fd >= 0 && reactor.add(ends.#nested) === 0) return ends;
    ends.#set.close();
    return reactor;
  }

  /** Begin to wait for the end of the process behind the interest's pidfd; 0, or -errno. */
  add(interest: Interest): number {
    if (this.#caught && !isCaught(SIGNAL.SIGCHLD)) this.#lose();
    return this.#set.add(interest);
  }

  /** As {@linkcode EpollSet.remove}. */
  remove(interest: Interest): void {
    this.#set.remove(interest);
  }

  /** As {@linkcode EpollSet.forget}. */
  forget(fd: number): void {
    this.#set.forget(fd);
  }

  /** Let SIGCHLD tell from now on, where it can: one that is ignored or blocked, as some parents leave it, stays so. */
  catch(): void {
    let come = false;
    afterDrain(() => {
      if (come) this.#set.poll();
      come = false;
    });
    const comes = !isIgnored(SIGNAL.SIGCHLD) && !isMasked(SIGNAL.SIGCHLD);
    this.#caught = comes && listen(SIGNAL.SIGCHLD, () => come = true, false) === 0;
    if (this.#caught) this.#reactor.remove(this.#nested);
    // What ended in between is seen by nobody else.
    this.#set.poll();
  }

  /** Somebody replaced the handler. */
  #lose(): void {
    this.#caught = false;
    this.#reactor.add(this.#nested);
  }
}
