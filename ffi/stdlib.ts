/** <stdlib.h> */
import { bind } from "./bind.ts";

// void *calloc(size_t nmemb, size_t size);
export const calloc = bind("calloc", ["long", "long"], "pointer");

// void free(void *ptr);
export const free = bind("free", ["address"], "void");

// char *getenv(const char *name);
export const getenv = bind("getenv", ["buffer"], "value");

// int unsetenv(const char *name);
export const unsetenv = bind("unsetenv", ["buffer"], "int");

// int posix_openpt(int oflag);
export const posix_openpt = bind("posix_openpt", ["int"], "int");

// int grantpt(int fd);
export const grantpt = bind("grantpt", ["int"], "int");

// int unlockpt(int fd);
export const unlockpt = bind("unlockpt", ["int"], "int");

// Its result is itself the error's number; int ptsname_r(int fd, char *buf, size_t buflen);
export const ptsname_r = bind("ptsname_r", ["int", "buffer", "long"], "code");
