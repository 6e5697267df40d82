/**
 * How Deno's event loop learns that something is ready: the one place that waits.
 *
 * While something that keeps the process alive is pending, a short program parks one epoll_wait(2) on Deno's thread
 * pool and is told by its promise. A program that goes on, one whose pending operations shall not keep it alive, and
 * every Web Worker, is *promoted*: the wait moves to a thread of ours, and the loop is told through an adopted pipe,
 * which can be unref'd and costs less, once `node:net` has been loaded for 13 ms.
 *
 * @module
 */
import { EPOLL } from "./abi/sys_epoll.ts";
import { adoptPipe, type Refable } from "./adopted_pipe.ts";
import { ChildEnds } from "./child_ends.ts";
import { aboveStandard } from "./descriptors.ts";
import { EpollSet, type Interest } from "./epoll_set.ts";
import { libc } from "./libc.ts";
import { loopTurn } from "./loop_turn.ts";
import { newClock, ShortWait } from "./short_wait.ts";
import { epoll_wait, eventfd } from "./sys_epoll.ts";
import { type Call, newFrame, RESPONSES, Threads } from "./threads.ts";
import { close, read, write } from "./unistd.ts";
import { IN_WORKER } from "./web_worker.ts";

/** How many waits a program may park before it has shown that it goes on. */
const PARKED_WAITS = 64;
/** Milliseconds until it is tried again to have a thread for waits that no parked one serves. */
const PROMOTE_AGAIN = 100;
/** Promises that whoever was told takes at most until he waits again. */
const TURNS = 16;

/** What comes after it comes later in the same turn. Deno's queueMicrotask() would first have to be loaded. */
const TURN = Promise.resolve();

export class Loop {
  readonly epoll: EpollSet;
  readonly #bell: number;
  #children: EpollSet | ChildEnds | undefined;
  #threads: Threads | undefined;
  /** That of the workers' responses, until a socket reads them. */
  #responses: Interest | undefined;
  /** How many operations are pending, how many of them keep the process alive, and how many may be told a moment later. */
  #pending = 0;
  #held = 0;
  #patient = 0;
  // A Web Worker's waits are always on a thread, and it catches no signals.
  #parkedWaits = IN_WORKER ? Infinity : 0;
  #parked: Promise<void> | undefined;
  #looking = false;
  /** How many wait for the event loop itself to have its turn. */
  #rounds = 0;
  #promotion: Promise<void> | undefined;
  /** What is to promote the loop later. */
  #promoting: ReturnType<typeof setTimeout> | undefined;
  #socket: Refable | undefined;
  #settling = false;
  readonly #shortWait: ShortWait;

  /** `bell` is an eventfd, `clock` for short waits or negative. */
  constructor(epoll: EpollSet, bell: number, clock: number) {
    this.epoll = epoll;
    this.#bell = bell;
    this.#shortWait = new ShortWait(clock);
    this.#watch(this.#bell, () => void read(this.#bell, new BigUint64Array(1), 8));
    // It can be terminated at any moment, and then it is they who close what there is.
    if (IN_WORKER) void this.threads;
  }

  /** What waits for the ends of children, made while the first one runs. */
  get children(): EpollSet | ChildEnds {
    return this.#children ??= IN_WORKER ? this.epoll : ChildEnds.within(this.epoll);
  }

  /** `fd` is about to be closed: see {@linkcode EpollSet.forget}. */
  forget(fd: number): void {
    this.epoll.forget(fd);
    this.#children?.forget(fd);
  }

  /** The workers, made when the first one is needed; -errno where they cannot be. */
  get threads(): Threads | number {
    if (this.#threads !== undefined) return this.#threads;
    const threads = Threads.create([this.epoll.fd, this.#bell]);
    if (typeof threads === "number") return threads;
    this.#responses = this.#watch(threads.response, () => threads.drain());
    return this.#threads = threads;
  }

  /** What of `events` comes to `fd` within a moment, if nothing else is pending that would be kept waiting; otherwise 0. */
  shortly(fd: number, events: number): number {
    return this.#pending === this.#patient ? this.#shortWait.events(fd, events) : 0;
  }

  /** Until the loop has had its turn: an eventfd has always room, which is told as soon as the loop comes to it. */
  goRound(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#rounds++;
    const fired = () => {
      this.#rounds--;
      this.end(true);
      resolve();
    };
    this.begin(true);
    if (this.epoll.add({ fd: this.#bell, events: EPOLL.EPOLLOUT, fired }) < 0) fired();
    return promise;
  }

  /** Another operation is pending. */
  begin(held: boolean, patient = false): void {
    this.#pending++;
    if (held) this.#held++;
    if (patient) this.#patient++;
    this.#settleSoon();
  }

  /** An operation has ended. */
  end(held: boolean, patient = false): void {
    this.#pending--;
    if (held) this.#held--;
    if (patient) this.#patient--;
    this.#settleSoon();
  }

  /** A pending operation keeps the process alive from now on, or no longer does. */
  hold(on: boolean): void {
    this.#held += on ? 1 : -1;
    this.#settleSoon();
  }

  /** Move the wait to a thread of our own; resolves once it has moved. */
  promote(): Promise<void> {
    return this.#promotion ??= this.#promote();
  }

  /** An interest of the loop's own. */
  #watch(fd: number, fired: () => void): Interest {
    const interest = { fd, events: EPOLL.EPOLLIN, fired, lasting: true };
    this.epoll.add(interest);
    return interest;
  }

  /** Later in this turn, since operations often begin, end and change hands within one. */
  #settleSoon(): void {
    if (this.#settling) return;
    this.#settling = true;
    TURN.then(this.#settleNow);
  }

  readonly #settleNow = () => {
    this.#settling = false;
    this.#settle();
  };

  #settle(): void {
    this.#threads?.trim();
    if (this.#socket !== undefined) this.#held > 0 ? this.#socket.ref() : this.#socket.unref();
    else if (this.#promotion !== undefined) return;
    else if (this.#held > 0) this.#parkedWaits > PARKED_WAITS ? this.promote() : this.#park();
    else if (this.#pending > 0) this.#promoteIfAlive();
    else this.#ring();
  }

  async #park(): Promise<void> {
    if (this.#parked !== undefined || this.#looking) return;
    this.#parkedWaits++;
    if (!loopTurn.isRecent) return this.#parkNow();
    this.#looking = true;
    for (let turn = 0; turn < TURNS; turn++) await null;
    this.#looking = false;
    if (this.#held === 0 || this.#promotion !== undefined) return;
    // What comes next is often there by now, as the end of a child behind its last words. A thread that waits for nothing has
    // to be woken all the same, and so has the loop by it.
    if (this.#rounds === 0 && this.epoll.poll()) this.#settleSoon();
    else this.#parkNow();
  }

  #parkNow(): void {
    const { fd, events, batch } = this.epoll;
    this.#parked = libc().parkedEpollWait(fd, events.address, batch).then((count) => {
      this.#parked = undefined;
      loopTurn.now();
      // Its errno was on another thread: whatever it was (EINTR), a call that does not wait tells the truth.
      count < 0 ? this.epoll.poll() : this.epoll.dispatch(count);
      this.#settleSoon();
    });
  }

  /** End the parked wait. */
  #ring(): void {
    if (this.#parked !== undefined) write(this.#bell, BigUint64Array.of(1n), 8);
  }

  /** Only unref'd operations are left: a program that is about to end never runs an unref'd timer. */
  #promoteIfAlive(delay = 0): void {
    this.#ring();
    if (this.#promoting !== undefined) return;
    this.#promoting = setTimeout(() => {
      this.#promoting = undefined;
      if (this.#pending > 0) this.promote();
    }, delay);
    Deno.unrefTimer(this.#promoting);
  }

  async #promote(): Promise<void> {
    const net = await import("node:net");
    this.#ring();
    await this.#parked;
    const { threads } = this;
    if (typeof threads === "number" || this.#waitOnThread(threads) < 0) return this.#stayParked();
    const addresses = new BigUint64Array(RESPONSES);
    const told = (length: number) => threads.returned(addresses.subarray(0, length / 8));
    this.#socket = adoptPipe(net, threads.response, new Uint8Array(addresses.buffer), told);
    if (this.#responses) this.epoll.remove(this.#responses);
    threads.drain();
    if (this.children instanceof ChildEnds) this.children.catch();
    this.#settle();
  }

  /** No thread is to be had (EMFILE, EAGAIN, ENOMEM): parked waits do as well, but for what is unref'd alone. */
  #stayParked(): void {
    this.#parkedWaits = -Infinity;
    this.#promotion = undefined;
    if (this.#held > 0) this.#park();
    else if (this.#pending > 0) this.#promoteIfAlive(PROMOTE_AGAIN);
  }

  /** The reactor's thread: one epoll_wait(2) after the other. */
  #waitOnThread(threads: Threads): number {
    const { fd, events, batch } = this.epoll;
    const call: Call = {
      frame: newFrame(epoll_wait.address(), [fd, events.address, batch, -1]),
      returned: (frame) => {
        loopTurn.now();
        const count = epoll_wait.read(frame);
        if (count > 0) this.epoll.dispatch(count);
        threads.begin(call);
        this.#settleSoon();
      },
    };
    // A hang-up alone is waited for: the end of JavaScript's thread ends this wait as well.
    this.epoll.add({ fd: threads.requestEnd, events: 0, fired: () => {} });
    return threads.begin(call);
  }
}

let instance: Loop | undefined;

/** The loop, made by the first operation that has to wait. @throws {Error} if there is no descriptor left for it. */
export function loop(): Loop {
  const rc = prepareToWait();
  if (rc < 0) throw new Error(`Cannot prepare to wait (errno ${-rc}, epoll_create1)`);
  return instance!;
}

/** Make what waiting needs, if it is not there yet: 0, or -errno. */
export function prepareToWait(): number {
  if (instance !== undefined) return 0;
  const epoll = new EpollSet();
  const bell = aboveStandard(eventfd(0, EPOLL.EFD_CLOEXEC | EPOLL.EFD_NONBLOCK));
  if (epoll.fd >= 0 && bell >= 0) instance = new Loop(epoll, bell, IN_WORKER ? -1 : newClock());
  else for (const fd of [epoll.fd, bell]) if (fd >= 0) close(fd);
  return Math.min(epoll.fd, bell, 0);
}

/** The loop, if anything has waited yet. */
export function started(): Loop | undefined {
  return instance;
}
