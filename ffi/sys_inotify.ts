/** <sys/inotify.h> */
import { bind } from "./bind.ts";

// int inotify_init1(int flags);
export const inotify_init1 = bind("inotify_init1", ["int"], "int");

// int inotify_add_watch(int fd, const char *path, uint32_t mask);
export const inotify_add_watch = bind("inotify_add_watch", ["int", "buffer", "int"], "int");
