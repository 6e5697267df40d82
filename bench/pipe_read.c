/* pipe_read BUFFER PROGRAM [ARGUMENT...]: read all that the program writes; prints seconds for a GiB. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    size_t size = strtoul(argv[1], NULL, 10);
    char *buffer = malloc(size);
    double start = now();
    int ends[2];
    if (buffer == NULL || pipe2(ends, O_CLOEXEC) != 0) return 1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    pid_t pid;
    if (posix_spawnp(&pid, argv[2], &actions, NULL, argv + 2, environ) != 0) return 1;
    close(ends[1]);
    /* As large as an unprivileged process may make it. */
    fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
    double total = 0;
    ssize_t count;
    while ((count = read(ends[0], buffer, size)) > 0) total += count;
    int status;
    if (count != 0 || waitpid(pid, &status, 0) != pid || status != 0 || total == 0) return 1;
    printf("%f\n", (now() - start) / (total / (1 << 30)));
    return 0;
}
