/* sender PID SIGNAL COUNT [MARKER]: queues COUNT signals with the values 0, 1, ... to the process; those that find no
   room are sent again. Says BEHIND the first time, and at the end how often that was. SIGNAL without sigqueue: kill. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  pid_t pid = atoi(argv[1]);
  int number = atoi(argv[2]), count = atoi(argv[3]), marker = argc > 4 ? atoi(argv[4]) : 0, behind = 0;
  for (int i = 0; i < count; i++) {
    union sigval value = { .sival_int = i };
    while (marker ? kill(pid, number) : sigqueue(pid, number, value)) {
      if (errno != EAGAIN) {
        perror("sender");
        return 1;
      }
      if (behind++ == 0) {
        puts("BEHIND");
        fflush(stdout);
      }
      usleep(100);
    }
  }
  if (marker) kill(pid, marker);
  printf("%d\n", behind);
  return 0;
}
