/* The C of bench/terminals.ts: for each line `trip _ COUNT` how many nanoseconds a line to cat through a pseudo-terminal and
   back takes, and for each line `pour _ MEBIBYTES` how many it takes to read so much of one. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buffer[65536];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Run `script` with a terminal of its own, whose master is the result; it does not block, as whoever waits for more than one
   thing needs it. */
static int start(const char *script, pid_t *pid) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) fail("posix_openpt");
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) fail("open");
  *pid = fork();
  if (*pid < 0) fail("fork");
  if (*pid == 0) {
    setsid();
    ioctl(slave, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++) dup2(slave, fd);
    execlp("sh", "sh", "-c", script, NULL);
    _exit(127);
  }
  close(slave);
  return master;
}

/* What has come, after a wait for it if nothing has. */
static size_t some(int master) {
  for (;;) {
    ssize_t length = read(master, buffer, sizeof buffer);
    if (length > 0) return length;
    struct pollfd one = {.fd = master, .events = POLLIN};
    if (length == 0 || poll(&one, 1, -1) < 0 || (one.revents & POLLIN) == 0) fail("read");
  }
}

static void line(int master) {
  size_t length;
  do length = some(master);
  while (memchr(buffer, '\n', length) == NULL);
}

static void put(int master, const char *text) {
  if (write(master, text, strlen(text)) != (ssize_t)strlen(text)) fail("write");
}

static void end(int master, pid_t pid) {
  close(master);
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

static double pour(long mebibytes) {
  char script[200];
  pid_t pid;
  long left = mebibytes << 20;
  snprintf(script, sizeof script, "stty raw -echo; echo READY; read x; head -c %ld /dev/zero | cat; echo END; read x", left);
  int master = start(script, &pid);
  line(master);
  double begin = now();
  put(master, "go\n");
  for (left += 4; left > 0;) left -= some(master);
  double took = now() - begin;
  end(master, pid);
  return took;
}

int main(void) {
  char what[20];
  long count;
  pid_t pid;
  int master = start("stty raw -echo; echo READY; exec cat", &pid);
  line(master);
  while (scanf("%10s %*s %ld", what, &count) == 2) {
    double took;
    if (strcmp(what, "pour") == 0) {
      took = pour(count);
    } else {
      double begin = now();
      for (long i = 0; i < count; i++) {
        put(master, "how are you?\n");
        line(master);
      }
      took = (now() - begin) / count;
    }
    printf("%.0f\n", took);
    fflush(stdout);
  }
  end(master, pid);
  return 0;
}
