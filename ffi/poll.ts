/** <poll.h> */
import { ERRNO } from "./abi/errno.ts";
import { EPOLL, POLLFD } from "./abi/sys_epoll.ts";
import { bind } from "./bind.ts";
import { checkDeadline, interruption, untilDeadline } from "./interruption.ts";
import { doPutOff } from "./put_off.ts";

// int poll(struct pollfd *fds, nfds_t nfds, int timeout);
export const poll = bind("poll", ["buffer", "long", "int"], "int");

// int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo_p, const sigset_t *sigmask);
export const ppoll = bind("ppoll", ["buffer", "long", "buffer", "buffer"], "int");

/** What to wait for. */
export const POLL_READ = EPOLL.POLLIN;
export const POLL_WRITE = EPOLL.POLLOUT;
export const POLL_PRIORITY = EPOLL.POLLPRI;
/** A stream socket's peer sends no more. */
export const POLL_PEER_DONE = EPOLL.POLLRDHUP;

/** What is told whether it was asked for or not. */
export const POLL_ERROR = EPOLL.POLLERR;
export const POLL_HANGUP = EPOLL.POLLHUP;
export const POLL_NOT_OPEN = EPOLL.POLLNVAL;

/** Descriptors, and what of each is waited for; 0 for what is told in any case. */
export type Wanted = readonly (readonly [fd: number, events: number])[];

/**
 * Block this thread until one of `wanted` is ready or `timeout` milliseconds have passed (-1: without limit).
 * What came for each of them, in their order; -errno, -EINTR among them: also where a signal's handlers have run.
 *
 * What was put off until the program does something else is done before.
 *
 * What cleans up after an interruption is itself not `interruptible`.
 *
 * @throws what a signal's handler throws, or the reason of a deadline that was set around the call.
 */
export function pollEach(wanted: Wanted, timeout: number, interruptible = true): number[] | number {
  const all = interruptible ? [...wanted, [interruption.fd, EPOLL.POLLIN] as const] : wanted;
  const table = new DataView(new ArrayBuffer(all.length * POLLFD.sizeof));
  all.forEach(([fd, events], i) => {
    table.setInt32(i * POLLFD.sizeof + POLLFD.fd, fd, true);
    table.setInt16(i * POLLFD.sizeof + POLLFD.events, events, true);
  });
  if (timeout !== 0) doPutOff();
  const limit = interruptible ? untilDeadline(timeout) : timeout;
  const rc = poll(table, all.length, limit);
  if (rc < 0) return rc;
  const came = (i: number) => table.getInt16(i * POLLFD.sizeof + POLLFD.revents, true);
  if (interruptible) {
    if (came(wanted.length) !== 0) interruption.run();
    checkDeadline();
  }
  const events = wanted.map((_, i) => came(i));
  return events.some((event) => event !== 0) || (rc === 0 && limit === timeout) ? events : -ERRNO.EINTR;
}

/** As {@linkcode pollEach}; the descriptors that are ready, in error or hung up. */
export function pollAny(wanted: Wanted, timeout: number, interruptible = true): number[] | number {
  const events = pollEach(wanted, timeout, interruptible);
  return typeof events === "number" ? events : wanted.flatMap(([fd], i) => events[i] !== 0 ? [fd] : []);
}

/**
 * Whether reading from a socket was shut down. Then the kernel ends a call that blocks, but tells one that does not that it
 * would, although the socket polls as readable: so do Unix listeners, and sockets of datagrams.
 */
export function readingIsShut(fd: number): boolean {
  const came = pollEach([[fd, POLL_PEER_DONE]], 0, false);
  return typeof came !== "number" && (came[0]! & POLL_PEER_DONE) !== 0;
}

const one = new DataView(new ArrayBuffer(POLLFD.sizeof));

/** Whether the other side of a pipe or a terminal is gone. */
export function isHungUp(fd: number): boolean {
  one.setInt32(POLLFD.fd, fd, true);
  one.setInt16(POLLFD.events, 0, true);
  return poll(one, 1, 0) > 0 && (one.getInt16(POLLFD.revents, true) & POLL_HANGUP) !== 0;
}
