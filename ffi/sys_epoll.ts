/** <sys/epoll.h> and <sys/eventfd.h> */
import { bind } from "./bind.ts";

// int epoll_create1(int flags);
export const epoll_create1 = bind("epoll_create1", ["int"], "int");

// int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
export const epoll_ctl = bind("epoll_ctl", ["int", "int", "int", "buffer"], "int");

// int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout);
export const epoll_wait = bind("epoll_wait", ["int", "address", "int", "int"], "int");

// int eventfd(unsigned int count, int flags);
export const eventfd = bind("eventfd", ["int", "int"], "int");
