/* Callbacks under load, subscriptions, and handles that are freed inside a callback. The argument is an empty folder. */
#include "check.h"

enum { THREADS = 8 };

static char url[512];
static int calls;
static int *answers;
static drafts_store *store;

static void on_set(void *user, const drafts_outcome *outcome, const drafts_error *error) {
  int *answer = user;
  if (outcome && !error) __atomic_add_fetch(answer, 1, __ATOMIC_RELAXED);
}

static void *calls_of_a_thread(void *user) {
  int thread = (int)(intptr_t)user;
  char id[32], text[32];
  for (int call = thread; call < calls; call += THREADS) {
    snprintf(id, sizeof id, "c2c_%d", call % 100);
    snprintf(text, sizeof text, "text %d", call);
    if (drafts_set_then(store, drafts_text_of(id), drafts_text_of(text), on_set, &answers[call])) break;
  }
  return NULL;
}

static void each_call_is_answered_once(void) {
  pthread_t threads[THREADS];
  int once = 0;
  calls = load(20000);
  answers = calloc((size_t)calls, sizeof *answers);
  CHECK(drafts_open(drafts_text_of(url), &store, NULL) == 0);
  for (intptr_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, calls_of_a_thread, (void *)i);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  drafts_free(store);
  for (int call = 0; call < calls; call++) once += answers[call] == 1;
  CHECK(once == calls);
  free(answers);
}

static void calls_of_both_forms_keep_their_order(void) {
  drafts_text id = drafts_text_of("c2c_order");
  int in_order = 0;
  CHECK(drafts_open(drafts_text_of("memory:"), &store, NULL) == 0);
  for (int round = 0; round < 200; round++) {
    drafts_draft *draft;
    drafts_set_then(store, id, drafts_text_of("first"), NULL, NULL);
    drafts_set_then(store, id, drafts_text_of("second"), NULL, NULL);
    drafts_set(store, id, drafts_text_of("third"), NULL, NULL);
    drafts_get(store, id, &draft, NULL);
    in_order += is_text(draft->text, "third");
    drafts_draft_free(draft);
  }
  CHECK(in_order == 200);
  drafts_free(store);
}

typedef struct events {
  gate gate;
  int added, changed, removed;
  drafts_subscription *subscription;
} events;

static void on_event(void *user, const drafts_event *event) {
  events *events = user;
  events->added += event->kind == DRAFTS_EVENT_KIND_ADDED;
  events->changed += event->kind == DRAFTS_EVENT_KIND_CHANGED;
  events->removed += event->kind == DRAFTS_EVENT_KIND_REMOVED;
  CHECK(event->is_own && event->sequence > 0 && is_text(event->conversation->id, "c2c_events"));
  gate_open(&events->gate);
}

static void on_one_event(void *user, const drafts_event *event) {
  events *events = user;
  (void)event;
  events->added++;
  /* A subscription may end inside its own callback. */
  drafts_subscription_free(events->subscription);
  gate_open(&events->gate);
}

static void subscriptions(void) {
  events all = {.gate = GATE}, one = {.gate = GATE};
  drafts_text id = drafts_text_of("c2c_events");
  CHECK(drafts_open(drafts_text_of("memory:"), &store, NULL) == 0);
  CHECK(drafts_subscribe(store, on_event, &all, &all.subscription, NULL) == 0);
  CHECK(drafts_subscribe(store, on_one_event, &one, &one.subscription, NULL) == 0);
  drafts_set(store, id, drafts_text_of("1"), NULL, NULL);
  drafts_set(store, id, drafts_text_of("1"), NULL, NULL);
  drafts_set(store, id, drafts_text_of("2"), NULL, NULL);
  drafts_clear(store, id, NULL, NULL);
  gate_wait(&all.gate, 3);
  CHECK(all.added == 1 && all.changed == 1 && all.removed == 1 && one.added == 1);
  drafts_subscription_free(all.subscription);
  drafts_set(store, id, drafts_text_of("unheard"), NULL, NULL);
  drafts_free(store);
  CHECK(all.added == 1);
}

static void on_last(void *user, const drafts_outcome *outcome, const drafts_error *error) {
  CHECK(outcome && !error);
  gate_open(user);
}

static void on_free(void *user, const drafts_outcome *outcome, const drafts_error *error) {
  CHECK(outcome && !error);
  CHECK(drafts_set_then(store, drafts_text_of("c2c_last"), drafts_text_of("kept"), on_last, user) == 0);
  drafts_free(store);
  gate_open(user);
}

static void a_handle_that_is_freed_inside_a_callback(void) {
  gate gate = GATE;
  drafts_draft *draft;
  CHECK(drafts_open(drafts_text_of(url), &store, NULL) == 0);
  CHECK(drafts_set_then(store, drafts_text_of("c2c_first"), drafts_text_of("x"), on_free, &gate) == 0);
  gate_wait(&gate, 2);
  CHECK(drafts_open(drafts_text_of(url), &store, NULL) == 0);
  CHECK(drafts_get(store, drafts_text_of("c2c_last"), &draft, NULL) == 0 && is_text(draft->text, "kept"));
  drafts_draft_free(draft);
  drafts_free(store);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  snprintf(url, sizeof url, "sqlite:%s/threads.db", arguments[1]);
  each_call_is_answered_once();
  calls_of_both_forms_keep_their_order();
  subscriptions();
  a_handle_that_is_freed_inside_a_callback();
  return verdict();
}
