/** <fcntl.h> */
import { bind } from "./bind.ts";

// int open(const char *path, int flags, ...);
export const open = bind("open", ["buffer", "int", "int"], "int");

// For a worker, whose path must lie in memory that stays; int open(const char *path, int flags, ...);
export const openElsewhere = bind("open", ["address", "int", "int"], "int");

// int fcntl(int fd, int cmd, ...);
export const fcntl = bind("fcntl", ["int", "int", "long"], "int");
