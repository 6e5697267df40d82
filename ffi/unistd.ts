/** <unistd.h> */
import { bind } from "./bind.ts";

// ssize_t read(int fd, void *buf, size_t count);
export const read = bind("read", ["int", "buffer", "long"], "long");

// ssize_t write(int fd, const void *buf, size_t count);
export const write = bind("write", ["int", "buffer", "long"], "long");

// int close(int fd);
export const close = bind("close", ["int"], "int");

// int pipe2(int pipefd[2], int flags);
export const pipe2 = bind("pipe2", ["buffer", "int"], "int");

// int eaccess(const char *path, int mode);
export const eaccess = bind("eaccess", ["buffer", "int"], "int");

// int execve(const char *path, char *const argv[], char *const envp[]);
export const execve = bind("execve", ["buffer", "address", "address"], "int");

// int chdir(const char *path);
export const chdir = bind("chdir", ["buffer"], "int");

// int fchdir(int fd);
export const fchdir = bind("fchdir", ["int"], "int");
