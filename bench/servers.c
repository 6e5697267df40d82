/* The client of bench/servers.ts: `servers PORT COUNT ABREAST [PID]` makes COUNT connections, ABREAST at a time, reads each to
   its end, and says how many nanoseconds each took. With PID every one must be greeted, and it says how many nanoseconds of the
   processor that process has taken, with its threads. */
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 64

static struct sockaddr_in name = {.sin_family = AF_INET};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

/* Of those threads that there are. */
static double used_by(const char *pid) {
  char path[300];
  double sum = 0;
  snprintf(path, sizeof path, "/proc/%s/task", pid);
  DIR *all = opendir(path);
  if (all == NULL) return 0;
  for (struct dirent *one; (one = readdir(all)) != NULL;) {
    double used;
    snprintf(path, sizeof path, "/proc/%s/task/%.20s/schedstat", pid, one->d_name);
    FILE *file = one->d_name[0] == '.' ? NULL : fopen(path, "r");
    if (file == NULL) continue;
    if (fscanf(file, "%lf", &used) == 1) sum += used;
    fclose(file);
  }
  closedir(all);
  return sum;
}

static int begin(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0) return fd;
  perror("connect");
  exit(1);
}

/* Read what has come; whether that was the end, behind a greeting if there has to be one. */
static int is_done(int fd, int *got, int greeted) {
  char buffer[4096];
  ssize_t length = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (length > 0) *got += length;
  if (length != 0) return 0;
  close(fd);
  if (*got > 0 || !greeted) return 1;
  fputs("No greeting came\n", stderr);
  exit(1);
}

static void run(int count, int abreast, int greeted) {
  struct pollfd all[MOST];
  int got[MOST] = {0}, begun = 0, done = 0;
  if (abreast > MOST) abreast = MOST;
  if (abreast > count) abreast = count;
  for (; begun < abreast; begun++) all[begun] = (struct pollfd){.fd = begin(), .events = POLLIN};
  while (done < count) {
    poll(all, abreast, -1);
    for (int i = 0; i < abreast; i++) {
      if (all[i].revents == 0 || !is_done(all[i].fd, &got[i], greeted)) continue;
      done++;
      got[i] = 0;
      all[i].revents = 0;
      all[i].fd = begun++ < count ? begin() : -1;
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int count = atoi(argv[2]);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  name.sin_port = htons(atoi(argv[1]));
  double used = argc > 4 ? used_by(argv[4]) : 0, start = now();
  run(count, atoi(argv[3]), argc > 4);
  double end = now();
  printf("%.0f %.0f\n", (end - start) / count, argc > 4 ? (used_by(argv[4]) - used) / count : 0);
  return 0;
}
