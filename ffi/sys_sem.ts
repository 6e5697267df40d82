/** <sys/sem.h> */
import { bind } from "./bind.ts";

// int semget(key_t key, int nsems, int semflg);
export const semget = bind("semget", ["int", "int", "int"], "int");

// int semop(int semid, struct sembuf *sops, size_t nsops);
export const semop = bind("semop", ["int", "buffer", "long"], "int");

// For a worker, whose operations must lie in memory that stays;
// int semop(int semid, struct sembuf *sops, size_t nsops);
export const semopElsewhere = bind("semop", ["int", "address", "long"], "int");

// With a number for the fourth parameter, or none; int semctl(int semid, int semnum, int cmd, ...);
export const semctl = bind("semctl", ["int", "int", "int", "long"], "int");

// With a structure or an array for the fourth; int semctl(int semid, int semnum, int cmd, ...);
export const semctlMemory = bind("semctl", ["int", "int", "int", "buffer"], "int");
