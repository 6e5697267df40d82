/** <fcntl.h> */
import { bind } from "./bind.ts";

// int open(const char *path, int flags, ...);
export const open = bind("open", ["buffer", "int", "int"], "int");

// For a worker, whose path must lie in memory that stays; int open(const char *path, int flags, ...);
export const openElsewhere = bind("open", ["address", "int", "int"], "int");

// int openat(int dirfd, const char *path, int flags, ...);
export const openat = bind("openat", ["int", "buffer", "int", "int"], "int");

// int fcntl(int fd, int cmd, ...);
export const fcntl = bind("fcntl", ["int", "int", "long"], "int");

// With a `struct flock`; int fcntl(int fd, int cmd, ...);
export const fcntlLock = bind("fcntl", ["int", "int", "buffer"], "int");

// For a worker, whose structure must lie in memory that stays; int fcntl(int fd, int cmd, ...);
export const fcntlLockElsewhere = bind("fcntl", ["int", "int", "address"], "int");

// EINTR may be its result, and it never shortens the file; int posix_fallocate(int fd, off_t offset, off_t len);
export const posix_fallocate = bind("posix_fallocate", ["int", "long", "long"], "code");
