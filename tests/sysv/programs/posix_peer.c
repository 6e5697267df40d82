/* The other side: a C program that uses POSIX queues, semaphores and shared memory as any would. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fail(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

static void ready(void)
{
    puts("READY");
    fflush(stdout);
}

static mqd_t queue(const char *name, int flags)
{
    mqd_t found = mq_open(name, flags);
    if (found == (mqd_t) -1) fail("mq_open");
    return found;
}

static sem_t *semaphore(const char *name)
{
    sem_t *found = sem_open(name, 0);
    if (found == SEM_FAILED) fail("sem_open");
    return found;
}

static int *memory(const char *name, int flags, long length)
{
    int fd = shm_open(name, flags, 0600);
    if (fd < 0) fail("shm_open");
    if (flags & O_CREAT && ftruncate(fd, length) < 0) fail("ftruncate");
    struct stat found;
    fstat(fd, &found);
    int *at = mmap(NULL, found.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) fail("mmap");
    close(fd);
    return at;
}

/* mq-create NAME MAX SIZE; mq-send NAME PRIORITY TEXT...; mq-receive NAME COUNT; mq-stat NAME */
static void queues(const char *what, const char *name, int count, char **more)
{
    if (strcmp(what, "mq-create") == 0) {
        struct mq_attr attr = { .mq_maxmsg = atol(more[0]), .mq_msgsize = atol(more[1]) };
        if (mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0640, &attr) == (mqd_t) -1) fail("mq_open");
    } else if (strcmp(what, "mq-send") == 0) {
        mqd_t to = queue(name, O_WRONLY);
        ready();
        for (int i = 1; i < count; i++)
            if (mq_send(to, more[i], strlen(more[i]), atoi(more[0])) < 0) fail("mq_send");
    } else if (strcmp(what, "mq-receive") == 0) {
        mqd_t from = queue(name, O_RDONLY);
        ready();
        char text[8192];
        unsigned priority;
        for (int i = atoi(more[0]); i > 0; i--) {
            ssize_t length = mq_receive(from, text, sizeof text, &priority);
            if (length < 0) fail("mq_receive");
            printf("%u:%.*s\n", priority, (int) length, text);
            fflush(stdout);
        }
    } else {
        struct mq_attr attr;
        mq_getattr(queue(name, O_RDONLY), &attr);
        printf("%ld %ld %ld\n", attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs);
    }
}

/* sem-create NAME VALUE; sem-wait NAME; sem-post NAME; sem-value NAME; sem-hold NAME; sem-add NAME SHARED ROUNDS */
static void semaphores(const char *what, const char *name, char **more)
{
    if (strcmp(what, "sem-create") == 0) {
        if (sem_open(name, O_CREAT | O_EXCL, 0600, atoi(more[0])) == SEM_FAILED) fail("sem_open");
        return;
    }
    sem_t *found = semaphore(name);
    if (strcmp(what, "sem-post") == 0) {
        if (sem_post(found) < 0) fail("sem_post");
    } else if (strcmp(what, "sem-value") == 0) {
        int value;
        sem_getvalue(found, &value);
        printf("%d\n", value);
    } else if (strcmp(what, "sem-wait") == 0) {
        ready();
        if (sem_wait(found) < 0) fail("sem_wait");
        puts("taken");
    } else if (strcmp(what, "sem-hold") == 0) {
        if (sem_wait(found) < 0) fail("sem_wait");
        ready();
        getchar();
        if (sem_post(found) < 0) fail("sem_post");
    } else {
        volatile int *counter = memory(more[0], O_RDWR, 0);
        ready();
        for (int i = atoi(more[1]); i > 0; i--) {
            if (sem_wait(found) < 0) fail("sem_wait");
            *counter = *counter + 1;
            if (sem_post(found) < 0) fail("sem_post");
        }
    }
}

/* shm-create NAME LENGTH; shm-write NAME TEXT; shm-read NAME LENGTH; shm-await NAME VALUE; shm-wake NAME VALUE */
static void memories(const char *what, const char *name, char **more)
{
    if (strcmp(what, "shm-create") == 0) {
        memory(name, O_RDWR | O_CREAT | O_EXCL, atol(more[0]));
    } else if (strcmp(what, "shm-write") == 0) {
        memcpy(memory(name, O_RDWR, 0), more[0], strlen(more[0]));
    } else if (strcmp(what, "shm-read") == 0) {
        printf("%.*s\n", atoi(more[0]), (char *) memory(name, O_RDWR, 0));
    } else if (strcmp(what, "shm-await") == 0) {
        int *word = memory(name, O_RDWR, 0);
        ready();
        while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == atoi(more[0]))
            syscall(SYS_futex, word, FUTEX_WAIT, atoi(more[0]), NULL);
        printf("%d\n", *word);
    } else {
        int *word = memory(name, O_RDWR, 0);
        __atomic_store_n(word, atoi(more[0]), __ATOMIC_SEQ_CST);
        while (syscall(SYS_futex, word, FUTEX_WAKE, 1) == 0) ;
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) return 2;
    if (argv[1][0] == 'm') queues(argv[1], argv[2], argc - 3, argv + 3);
    else if (argv[1][1] == 'e') semaphores(argv[1], argv[2], argv + 3);
    else memories(argv[1], argv[2], argv + 3);
    return 0;
}
