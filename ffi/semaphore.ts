/** <semaphore.h>. A semaphore lies where sem_open(3) has mapped it, at one address for all who open it in this process. */
import { bind } from "./bind.ts";

// sem_t *sem_open(const char *name, int oflag, ...);
export const sem_open = bind("sem_open", ["buffer", "int", "int", "int"], "pointer");

// int sem_close(sem_t *sem);
export const sem_close = bind("sem_close", ["address"], "int");

// int sem_unlink(const char *name);
export const sem_unlink = bind("sem_unlink", ["buffer"], "int");

// int sem_trywait(sem_t *sem);
export const sem_trywait = bind("sem_trywait", ["address"], "int");

// For a worker: it blocks, and a signal interrupts it; int sem_wait(sem_t *sem);
export const sem_wait = bind("sem_wait", ["address"], "int");

// int sem_post(sem_t *sem);
export const sem_post = bind("sem_post", ["address"], "int");

// int sem_getvalue(sem_t *sem, int *sval);
export const sem_getvalue = bind("sem_getvalue", ["address", "buffer"], "int");
