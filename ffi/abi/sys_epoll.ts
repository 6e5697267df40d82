/** <sys/epoll.h>, <sys/eventfd.h> and <poll.h>: readiness. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_epoll_h = {
  EPOLLIN: [0x001, 0x001],
  EPOLLPRI: [0x002, 0x002],
  EPOLLOUT: [0x004, 0x004],
  EPOLLERR: [0x008, 0x008],
  EPOLLHUP: [0x010, 0x010],
  EPOLLRDHUP: [0x2000, 0x2000],
  EPOLLEXCLUSIVE: [0x10000000, 0x10000000],
  EPOLL_CTL_ADD: [1, 1],
  EPOLL_CTL_DEL: [2, 2],
  EPOLL_CTL_MOD: [3, 3],
  EPOLL_CLOEXEC: [0o2000000, 0o2000000],
  EFD_CLOEXEC: [0o2000000, 0o2000000],
  EFD_NONBLOCK: [0o4000, 0o4000],
  POLLIN: [0x001, 0x001],
  POLLPRI: [0x002, 0x002],
  POLLOUT: [0x004, 0x004],
  POLLERR: [0x008, 0x008],
  POLLHUP: [0x010, 0x010],
  POLLNVAL: [0x020, 0x020],
  POLLRDHUP: [0x2000, 0x2000],
} as const satisfies Record<string, Row>;

/** Both columns: struct epoll_event, packed on x86_64. */
export const struct_epoll_event = {
  sizeof: [12, 16],
  events: [0, 0],
  data: [4, 8],
} as const satisfies Record<string, Row>;

/** Both columns: struct pollfd. */
export const struct_pollfd = {
  sizeof: [8, 8],
  fd: [0, 0],
  events: [4, 4],
  revents: [6, 6],
} as const satisfies Record<string, Row>;

/** This machine's struct pollfd. */
export const POLLFD = column(struct_pollfd);
/** This machine's constants. */
export const EPOLL = column(sys_epoll_h);
/** This machine's struct epoll_event. */
export const EPOLL_EVENT = column(struct_epoll_event);
