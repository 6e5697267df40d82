/** <sys/shm.h> */
import { bind } from "./bind.ts";

// int shmget(key_t key, size_t size, int shmflg);
export const shmget = bind("shmget", ["int", "long", "int"], "int");

// (void *) -1 is its failure; void *shmat(int shmid, const void *shmaddr, int shmflg);
export const shmat = bind("shmat", ["int", "address", "int"], "mapping");

// int shmdt(const void *shmaddr);
export const shmdt = bind("shmdt", ["address"], "int");

// int shmctl(int shmid, int cmd, struct shmid_ds *buf);
export const shmctl = bind("shmctl", ["int", "int", "buffer"], "int");
