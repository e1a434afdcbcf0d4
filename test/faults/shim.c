/*
 * Preloaded into a relay's process: makes the system fail as a test says, through a file that both have mapped. Paths
 * are those that the kernel has for the descriptor.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
  /* Milliseconds that the clock of the day is off. */
  volatile int64_t clock_off;
  /* The errno that fsync and fdatasync fail with; 0 for none. */
  volatile int32_t sync_errno;
  /* How many have failed so. */
  volatile int32_t syncs_failed;
  /* The same of write and its kind. */
  volatile int32_t write_errno;
  volatile int32_t writes_failed;
  /* Only of files whose path holds this. */
  char path[256];
};

static struct control none;
static struct control *control = &none;

__attribute__((constructor)) static void map_control(void) {
  const char *path = getenv("SLUICE_TEST_FAULTS_FILE");
  int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) control = mapped;
  close(file);
}

static int is_meant(int file) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, control->path) != NULL;
}

static int fails(int file, int error, volatile int32_t *failed) {
  if (error == 0 || !is_meant(file)) return 0;
  __sync_fetch_and_add(failed, 1);
  errno = error;
  return 1;
}

#define SYNC(name)                                                                         \
  int name(int file) {                                                                     \
    static int (*real)(int);                                                               \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                                      \
    return fails(file, control->sync_errno, &control->syncs_failed) ? -1 : real(file);     \
  }

SYNC(fsync)
SYNC(fdatasync)

ssize_t write(int file, const void *bytes, size_t length) {
  static ssize_t (*real)(int, const void *, size_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "write");
  return fails(file, control->write_errno, &control->writes_failed) ? -1 : real(file, bytes, length);
}

#define PWRITE(name, offset)                                                               \
  ssize_t name(int file, const void *bytes, size_t length, offset at) {                    \
    static ssize_t (*real)(int, const void *, size_t, offset);                             \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                                      \
    if (fails(file, control->write_errno, &control->writes_failed)) return -1;             \
    return real(file, bytes, length, at);                                                  \
  }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

int clock_gettime(clockid_t clock, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, at);
  if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  int64_t off = control->clock_off;
  at->tv_sec += off / 1000;
  at->tv_nsec += off % 1000 * 1000000;
  if (at->tv_nsec < 0) {
    at->tv_sec -= 1;
    at->tv_nsec += 1000000000;
  } else if (at->tv_nsec >= 1000000000) {
    at->tv_sec += 1;
    at->tv_nsec -= 1000000000;
  }
  return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}
