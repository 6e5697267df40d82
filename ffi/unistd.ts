/** <unistd.h> */
import { bind } from "./bind.ts";

// ssize_t read(int fd, void *buf, size_t count);
export const read = bind("read", ["int", "buffer", "long"], "long");

// ssize_t pread(int fd, void *buf, size_t count, off_t offset);
export const pread = bind("pread", ["int", "buffer", "long", "long"], "long");

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

// int chroot(const char *path);
export const chroot = bind("chroot", ["buffer"], "int");

// char *getcwd(char *buf, size_t size);
export const getcwd = bind("getcwd", ["buffer", "long"], "pointer");

// int fchdir(int fd);
export const fchdir = bind("fchdir", ["int"], "int");

// int unlink(const char *path);
export const unlink = bind("unlink", ["buffer"], "int");

// int unlinkat(int dirfd, const char *path, int flags);
export const unlinkat = bind("unlinkat", ["int", "buffer", "int"], "int");

// int ftruncate(int fd, off_t length);
export const ftruncate = bind("ftruncate", ["int", "long"], "int");

// ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset);
export const pwrite = bind("pwrite", ["int", "buffer", "long", "long"], "long");

// int dup3(int oldfd, int newfd, int flags);
export const dup3 = bind("dup3", ["int", "int", "int"], "int");

// pid_t setsid(void);
export const setsid = bind("setsid", [], "int");

// pid_t getsid(pid_t pid);
export const getsid = bind("getsid", ["int"], "int");

// pid_t gettid(void);
export const gettid = bind("gettid", [], "int");

// uid_t getuid(void);
export const getuid = bind("getuid", [], "int");

// uid_t geteuid(void);
export const geteuid = bind("geteuid", [], "int");

// gid_t getgid(void);
export const getgid = bind("getgid", [], "int");

// gid_t getegid(void);
export const getegid = bind("getegid", [], "int");

// int getgroups(int size, gid_t list[]);
export const getgroups = bind("getgroups", ["int", "buffer"], "int");

// int getresuid(uid_t *ruid, uid_t *euid, uid_t *suid);
export const getresuid = bind("getresuid", ["buffer", "buffer", "buffer"], "int");

// int getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid);
export const getresgid = bind("getresgid", ["buffer", "buffer", "buffer"], "int");

// int setresuid(uid_t ruid, uid_t euid, uid_t suid);
export const setresuid = bind("setresuid", ["int", "int", "int"], "int");

// int setresgid(gid_t rgid, gid_t egid, gid_t sgid);
export const setresgid = bind("setresgid", ["int", "int", "int"], "int");

// int setpgid(pid_t pid, pid_t pgid);
export const setpgid = bind("setpgid", ["int", "int"], "int");

// pid_t getpgrp(void);
export const getpgrp = bind("getpgrp", [], "int");

// int gethostname(char *name, size_t len);
export const gethostname = bind("gethostname", ["buffer", "long"], "int");

// ssize_t readlink(const char *path, char *buf, size_t bufsiz);
export const readlink = bind("readlink", ["buffer", "buffer", "long"], "long");

// int getdtablesize(void);
export const getdtablesize = bind("getdtablesize", [], "int");
