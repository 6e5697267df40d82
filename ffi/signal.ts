/** <signal.h> */
import { bind } from "./bind.ts";

// int kill(pid_t pid, int sig);
export const kill = bind("kill", ["int", "int"], "int");

// int tgkill(pid_t tgid, pid_t tid, int sig);
export const tgkill = bind("tgkill", ["int", "int", "int"], "int");

// int sigaction(int sig, const struct sigaction *act, struct sigaction *oact);
export const sigaction = bind("sigaction", ["int", "buffer", "buffer"], "int");

// int pthread_sigmask(int how, const sigset_t *newset, sigset_t *oldset);
export const pthread_sigmask = bind("pthread_sigmask", ["int", "buffer", "buffer"], "code");

// int __libc_current_sigrtmin(void);
export const libcSigrtmin = bind("__libc_current_sigrtmin", [], "int");

// int __libc_current_sigrtmax(void);
export const libcSigrtmax = bind("__libc_current_sigrtmax", [], "int");

// int sigqueue(pid_t pid, int sig, const union sigval val);
export const sigqueue = bind("sigqueue", ["int", "int", "long"], "int");

// int sigpending(sigset_t *set);
export const sigpending = bind("sigpending", ["buffer"], "int");
