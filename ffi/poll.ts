/** <poll.h> */
import { EPOLL, POLLFD } from "./abi/sys_epoll.ts";
import { bind } from "./bind.ts";

// int poll(struct pollfd *fds, nfds_t nfds, int timeout);
const poll = bind("poll", ["buffer", "long", "int"], "int");

/** What to wait for. */
export const POLL_READ = EPOLL.POLLIN;
export const POLL_WRITE = EPOLL.POLLOUT;

/**
 * Block this thread until one of `wanted` is ready or `timeout` milliseconds have passed (-1: without limit).
 * The descriptors that are ready, in error or hung up; -errno, -EINTR among them.
 */
export function pollAny(
  wanted: readonly (readonly [fd: number, events: number])[],
  timeout: number,
): number[] | number {
  const table = new DataView(new ArrayBuffer(Math.max(1, wanted.length) * POLLFD.sizeof));
  wanted.forEach(([fd, events], i) => {
    table.setInt32(i * POLLFD.sizeof + POLLFD.fd, fd, true);
    table.setInt16(i * POLLFD.sizeof + POLLFD.events, events, true);
  });
  const rc = poll(table, wanted.length, timeout);
  if (rc < 0) return rc;
  return wanted.flatMap(([fd], i) => table.getInt16(i * POLLFD.sizeof + POLLFD.revents, true) === 0 ? [] : [fd]);
}
