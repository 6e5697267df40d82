/** <sys/timerfd.h> */
import { bind } from "./bind.ts";

// int timerfd_create(int clockid, int flags);
export const timerfd_create = bind("timerfd_create", ["int", "int"], "int");

// int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, struct itimerspec *old_value);
export const timerfd_settime = bind("timerfd_settime", ["int", "int", "buffer", "buffer"], "int");
