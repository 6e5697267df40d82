/* What System V calls cost in C: `program semop|msg COUNT` prints nanoseconds a call or a pair, `memcpy BYTES` GiB/s. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void semaphores(long count) {
  int id = semget(IPC_PRIVATE, 1, 0600 | IPC_CREAT);
  struct sembuf up = {0, 1, 0}, down = {0, -1, 0};
  if (id < 0) fail("semget");
  double start = now();
  for (long i = 0; i < count / 2; i++) {
    if (semop(id, &up, 1) || semop(id, &down, 1)) fail("semop");
  }
  printf("%f\n", (now() - start) / count);
  semctl(id, 0, IPC_RMID);
}

static void messages(long count) {
  int id = msgget(IPC_PRIVATE, 0600 | IPC_CREAT);
  struct { long type; char text[64]; } sent = {1, {7}}, received;
  if (id < 0) fail("msgget");
  double start = now();
  for (long i = 0; i < count; i++) {
    if (msgsnd(id, &sent, 64, 0) || msgrcv(id, &received, 64, 0, 0) != 64) fail("msgsnd and msgrcv");
  }
  printf("%f\n", (now() - start) / count);
  msgctl(id, IPC_RMID, NULL);
}

static void copies(long size, int toMemory) {
  int id = shmget(IPC_PRIVATE, size, 0600 | IPC_CREAT);
  if (id < 0) fail("shmget");
  char *shared = shmat(id, NULL, 0), *own = malloc(size);
  shmctl(id, IPC_RMID, NULL);
  memset(shared, 1, size);
  memset(own, 2, size);
  double start = now();
  for (int i = 0; i < 10; i++) {
    if (toMemory) memcpy(shared, own, size); else memcpy(own, shared, size);
    __asm__ volatile("" : : "r"(shared), "r"(own) : "memory");
  }
  printf("%f\n", 10.0 * size / (1 << 30) / ((now() - start) / 1e9));
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long n = atol(argv[2]);
  if (strcmp(argv[1], "semop") == 0) semaphores(n);
  else if (strcmp(argv[1], "msg") == 0) messages(n);
  else copies(n, strcmp(argv[1], "write") == 0);
  return 0;
}
