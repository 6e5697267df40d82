/** <poll.h> */
import { ERRNO } from "./abi/errno.ts";
import { EPOLL, POLLFD } from "./abi/sys_epoll.ts";
import { bind } from "./bind.ts";
import { checkDeadline, interruption, untilDeadline } from "./interruption.ts";
import { doPutOff } from "./put_off.ts";

// int poll(struct pollfd *fds, nfds_t nfds, int timeout);
export const poll = bind("poll", ["buffer", "long", "int"], "int");

/** What to wait for. */
export const POLL_READ = EPOLL.POLLIN;
export const POLL_WRITE = EPOLL.POLLOUT;

/**
 * Block this thread until one of `wanted` is ready or `timeout` milliseconds have passed (-1: without limit).
 * The descriptors that are ready, in error or hung up; -errno, -EINTR among them: also where a signal's handlers have run.
 *
 * What was put off until the program does something else is done before.
 *
 * What cleans up after an interruption is itself not `interruptible`.
 *
 * @throws what a signal's handler throws, or the reason of a deadline that was set around the call.
 */
export function pollAny(
  wanted: readonly (readonly [fd: number, events: number])[],
  timeout: number,
  interruptible = true,
): number[] | number {
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
  const fired = (i: number) => table.getInt16(i * POLLFD.sizeof + POLLFD.revents, true) !== 0;
  if (interruptible) {
    if (fired(wanted.length)) interruption.run();
    checkDeadline();
  }
  const ready = wanted.flatMap(([fd], i) => fired(i) ? [fd] : []);
  return ready.length > 0 || (rc === 0 && limit === timeout) ? ready : -ERRNO.EINTR;
}
