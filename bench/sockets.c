/* The other end of bench/sockets_program.ts: `sockets MODE [PATH]` says its port, or READY, and serves until it is ended.
   tcp, udp: sends back what comes. source: sends without end to who connects to PATH. sink: takes what comes at PATH. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[1 << 18];

static void say_port(int fd) {
  struct sockaddr_in name;
  socklen_t length = sizeof name;
  getsockname(fd, (struct sockaddr *)&name, &length);
  printf("%d\n", ntohs(name.sin_port));
  fflush(stdout);
}

static int internet(int type) {
  int fd = socket(AF_INET, type, 0);
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0) perror("bind");
  return fd;
}

static int local(const char *path) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  strncpy(name.sun_path, path, sizeof name.sun_path - 1);
  if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0) perror("bind");
  listen(fd, 64);
  puts("READY");
  fflush(stdout);
  return fd;
}

/* One process for all of them: its connections cost it as little as can be. */
static void send_back(int listener) {
  static struct pollfd all[64];
  int count = 1, on = 1;
  all[0] = (struct pollfd){.fd = listener, .events = POLLIN};
  for (;;) {
    poll(all, count, -1);
    for (int i = count - 1; i > 0; i--) {
      if (all[i].revents == 0) continue;
      ssize_t length = read(all[i].fd, buffer, sizeof buffer);
      if (length > 0 && send(all[i].fd, buffer, length, MSG_NOSIGNAL) == length) continue;
      close(all[i].fd);
      all[i] = all[--count];
    }
    if (all[0].revents == 0 || count == 64) continue;
    int fd = accept(listener, NULL, NULL);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    all[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
  }
}

static void datagrams(void) {
  int fd = internet(SOCK_DGRAM);
  say_port(fd);
  for (;;) {
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t count = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    if (count >= 0) sendto(fd, buffer, count, 0, (struct sockaddr *)&from, length);
  }
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  if (strcmp(mode, "udp") == 0) datagrams();
  if (strcmp(mode, "tcp") == 0) {
    int listener = internet(SOCK_STREAM);
    listen(listener, 64);
    say_port(listener);
    send_back(listener);
  }
  int listener = local(argv[2]);
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    /* A child for each: two connections may be open at once. */
    if (fork() != 0) {
      close(fd);
      while (waitpid(-1, NULL, WNOHANG) > 0) {}
      continue;
    }
    if (strcmp(mode, "source") == 0) while (send(fd, buffer, sizeof buffer, MSG_NOSIGNAL) > 0) {}
    else while (read(fd, buffer, sizeof buffer) > 0) {}
    _exit(0);
  }
}
