/* What the C tests share: counting, and waiting for callbacks. */
#ifndef CHECK_H
#define CHECK_H

#include <chat_drafts.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int passed;
static int failed;

#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)

static inline int check(int holds, const char *what, const char *file, int line) {
  /* Callbacks check too, on their own thread. */
  if (holds) {
    __atomic_add_fetch(&passed, 1, __ATOMIC_RELAXED);
  } else {
    __atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
  }
  return holds;
}

static inline int is_text(drafts_text text, const char *expected) {
  return text.data != NULL && text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

/* A gate that a callback opens and a test waits at, 20 seconds at most. */
typedef struct gate {
  pthread_mutex_t mutex;
  pthread_cond_t turned;
  int opened;
} gate;

#define GATE {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0}

static inline void gate_open(gate *gate) {
  pthread_mutex_lock(&gate->mutex);
  gate->opened++;
  pthread_cond_broadcast(&gate->turned);
  pthread_mutex_unlock(&gate->mutex);
}

/* Waits until it was opened so many times, and shuts it. */
static inline int gate_wait(gate *gate, int times) {
  struct timespec until;
  int in_time = 1;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 20;
  pthread_mutex_lock(&gate->mutex);
  while (gate->opened < times && in_time) {
    in_time = pthread_cond_timedwait(&gate->turned, &gate->mutex, &until) == 0;
  }
  gate->opened = 0;
  pthread_mutex_unlock(&gate->mutex);
  if (!in_time) {
    fprintf(stderr, "nothing came in time\n");
    exit(1);
  }
  return 1;
}

/* How many calls a test under load makes: fewer where a tool makes each of them slow. */
static inline int load(int calls) {
  const char *wanted = getenv("CHAT_DRAFTS_TEST_CALLS");
  return wanted ? atoi(wanted) : calls;
}

static inline int verdict(void) {
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}

#endif
