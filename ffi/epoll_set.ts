/** What is waited for: one epoll(7) instance, level-triggered, with any number of waiters for a descriptor. */
import { EPOLL, EPOLL_EVENT } from "./abi/sys_epoll.ts";
import { ERRNO } from "./abi/errno.ts";
import { aboveStandard } from "./descriptors.ts";
import { Block } from "./memory.ts";
import { epoll_create1, epoll_ctl, epoll_wait } from "./sys_epoll.ts";
import { close } from "./unistd.ts";

/** One waiter. `fired` gets the events that came, or -errno, and is called once, after the waiter was taken out. */
export interface Interest {
  readonly fd: number;
  readonly events: number;
  readonly fired: (events: number) => void;
  /** Stays until it is removed, however often it fires. */
  readonly lasting?: boolean;
}

/** How many events one epoll_wait(2) brings at most. */
const BATCH = 64;
/** What epoll reports whether asked for or not. */
const ALWAYS = EPOLL.EPOLLERR | EPOLL.EPOLLHUP;

export class EpollSet {
  /** The epoll descriptor, or -errno where none could be made. */
  readonly fd = aboveStandard(epoll_create1(EPOLL.EPOLL_CLOEXEC));
  /** Where epoll_wait(2) puts its events. */
  readonly events = new Block(BATCH * EPOLL_EVENT.sizeof);
  readonly batch = BATCH;
  readonly #interests = new Map<number, Interest[]>();
  /** Which registration of a descriptor an event must come from. */
  readonly #generations = new Map<number, number>();
  #generation = 0;
  /** Where events are read from; memory takes as long to make as a system call. */
  #view: DataView<ArrayBuffer> | undefined;
  /** What the kernel is told. */
  readonly #event = new DataView(new ArrayBuffer(EPOLL_EVENT.sizeof));

  /** Begin to wait; 0, or -errno: -EPERM for what is always ready, such as a regular file. */
  add(interest: Interest): number {
    const others = this.#interests.get(interest.fd);
    const all = others === undefined ? [interest] : [...others, interest];
    const rc = this.#register(interest.fd, all);
    if (rc === 0) this.#interests.set(interest.fd, all);
    return rc;
  }

  /** Stop waiting; harmless if it has fired. */
  remove(interest: Interest): void {
    const all = this.#interests.get(interest.fd);
    if (all?.includes(interest)) this.#keep(interest.fd, all.filter((one) => one !== interest));
  }

  /** End every wait for `fd`, which is about to be closed, with -EBADF. */
  forget(fd: number): void {
    const all = this.#interests.get(fd);
    if (all === undefined) return;
    this.#keep(fd, []);
    for (const one of all) one.fired(-ERRNO.EBADF);
  }

  /** Hand out `count` events that lie in {@linkcode events}. */
  dispatch(count: number): void {
    // Whoever is told may ask what is ready as well.
    const view = this.#view ?? new DataView(new ArrayBuffer(BATCH * EPOLL_EVENT.sizeof));
    this.#view = undefined;
    this.events.get(view);
    for (let at = 0; at < count * EPOLL_EVENT.sizeof; at += EPOLL_EVENT.sizeof) {
      const fd = view.getInt32(at + EPOLL_EVENT.data, true);
      // Taken before the descriptor's waiters changed: it may be about what they have read, or about another file that
      // had the number. What is still so is reported again.
      if (view.getUint32(at + EPOLL_EVENT.data + 4, true) !== this.#generations.get(fd)) continue;
      this.#fire(fd, view.getUint32(at + EPOLL_EVENT.events, true));
    }
    this.#view = view;
  }

  /** Hand out what is ready now, without waiting: whether there was anything. */
  poll(): boolean {
    for (let some = false;; some = true) {
      const count = epoll_wait(this.fd, this.events.address, BATCH, 0);
      if (count <= 0) return some;
      this.dispatch(count);
      if (count < BATCH) return true;
    }
  }

  /** Of a set that nobody waits for. */
  close(): void {
    if (this.fd >= 0) close(this.fd);
    this.events.free();
  }

  #fire(fd: number, events: number): void {
    const all = this.#interests.get(fd);
    if (all === undefined) return;
    const hit: Interest[] = [];
    const kept: Interest[] = [];
    for (const one of all) {
      const isHit = (events & (one.events | ALWAYS)) !== 0;
      if (isHit) hit.push(one);
      if (one.lasting || !isHit) kept.push(one);
    }
    if (kept.length < all.length) this.#keep(fd, kept);
    for (const one of hit) one.fired(events);
  }

  #keep(fd: number, interests: Interest[]): void {
    if (interests.length === 0) this.#interests.delete(fd);
    else this.#interests.set(fd, interests);
    const rc = this.#register(fd, interests);
    if (rc === 0 || interests.length === 0) return;
    // The kernel takes the change no more (ENOMEM): those who wait are told, since no event will.
    this.#interests.delete(fd);
    for (const one of interests) one.fired(rc);
  }

  /** Tell the kernel. A descriptor that was closed, or closed and opened again, has left the set without us. */
  #register(fd: number, interests: readonly Interest[]): number {
    if (interests.length === 0) {
      this.#generations.delete(fd);
      return epoll_ctl(this.fd, EPOLL.EPOLL_CTL_DEL, fd, null);
    }
    const generation = this.#generation = (this.#generation + 1) >>> 0;
    const event = this.#event;
    let mask = 0;
    for (const one of interests) mask |= one.events;
    event.setUint32(EPOLL_EVENT.events, mask, true);
    event.setInt32(EPOLL_EVENT.data, fd, true);
    event.setUint32(EPOLL_EVENT.data + 4, generation, true);
    let rc = epoll_ctl(this.fd, EPOLL.EPOLL_CTL_ADD, fd, event);
    if (rc === -ERRNO.EEXIST) rc = epoll_ctl(this.fd, EPOLL.EPOLL_CTL_MOD, fd, event);
    // A refused change leaves the kernel with the generation before.
    if (rc === 0) this.#generations.set(fd, generation);
    return rc;
  }
}
