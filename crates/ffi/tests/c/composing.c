/* Composers, tickets and what is not saved. The argument is an empty folder. */
#include "check.h"

static char url[512];

static drafts_text text(const char *string) { return drafts_text_of(string); }

static drafts_store *opened(void) {
  drafts_store *store = NULL;
  CHECK(drafts_open(text(url), &store, NULL) == 0 && store != NULL);
  return store;
}

static int holds(drafts_text *given, const char *expected) {
  int same = given != NULL && is_text(*given, expected);
  drafts_text_free(given);
  return same;
}

/* What is stored, whatever is typed. */
static int is_stored(const drafts_store *store, const char *id, const char *expected) {
  drafts_conversation *row;
  int same;
  if (drafts_conversation_get(store, text(id), &row, NULL) != 0) return 0;
  same = row == NULL || !row->has_draft ? expected == NULL : expected != NULL && is_text(row->draft.text, expected);
  drafts_conversation_free(row);
  return same;
}

static void on_the_callers_thread(void) {
  drafts_store *store = opened();
  drafts_composer *composer = NULL, *other = NULL;
  drafts_draft *draft;
  drafts_ticket *ticket;
  drafts_ticket_list *tickets;
  drafts_unsaved_list *unsaved;
  drafts_outcome outcome;
  drafts_error *error;
  drafts_stats stats;
  drafts_text id = {NULL, 0}, typed = {NULL, 0};
  uint64_t number;
  char *long_text = calloc(1, (1 << 20) + 2);

  CHECK(drafts_set_with(store, text("c2c_a"), text("stored"), (drafts_bytes){(const uint8_t *)"e", 1}, NULL, NULL, NULL) == 0);
  CHECK(drafts_compose(store, text("c2c_a"), &composer, NULL) == 0 && drafts_compose(store, text("c2c_a"), &other, NULL) == 0);
  CHECK(holds(drafts_composer_text(composer), "stored") && holds(drafts_composer_id(composer), "c2c_a"));
  /* Nothing is saved by itself meanwhile. */
  CHECK(drafts_suspend(store, NULL) == 0);
  CHECK(drafts_composer_set_text(composer, text("typed"), NULL) == 0);
  CHECK(holds(drafts_composer_text(other), "typed"));
  CHECK(drafts_get(store, text("c2c_a"), &draft, NULL) == 0 && is_text(draft->text, "typed") && draft->extra.len == 1);
  drafts_draft_free(draft);
  unsaved = drafts_unsaved(store);
  CHECK(drafts_unsaved_list_count(unsaved) == 1 && drafts_unsaved_list_get(unsaved, 0, &id, &typed));
  CHECK(is_text(id, "c2c_a") && is_text(typed, "typed") && !drafts_unsaved_list_get(unsaved, 1, &id, &typed));
  drafts_unsaved_list_free(unsaved);
  CHECK(drafts_get_stats(store, &stats) && stats.edits == 1 && stats.unsaved == 1 && stats.saves == 0);
  CHECK(drafts_resume(store, NULL) == 0);
  CHECK(drafts_flush(store, NULL) == 0 && is_stored(store, "c2c_a", "typed"));
  CHECK(drafts_get_stats(store, &stats) && stats.unsaved == 0 && stats.saves == 1 && stats.latency_max > 0);
  CHECK(stats.transactions == 2 && stats.calls == 2 && stats.largest_group == 1 && stats.flushes == 2);
  memset(long_text, 'x', (1 << 20) + 1);
  CHECK(drafts_composer_set_text(composer, text(long_text), &error) == DRAFTS_STATUS_TEXT_TOO_LONG);
  drafts_error_free(error);
  free(long_text);
  CHECK(drafts_composer_set_text(composer, (drafts_text){"\xff", 1}, NULL) == DRAFTS_STATUS_NOT_TEXT);
  drafts_composer_free(other);

  /* Sending: confirmed, taken back, and left for a restart. */
  CHECK(drafts_composer_set_text(composer, text("first"), NULL) == 0);
  CHECK(drafts_composer_begin_send(composer, &ticket, NULL) == 0);
  CHECK(is_text(ticket->text, "first") && is_text(ticket->id, "c2c_a") && ticket->extra.len == 1);
  CHECK(ticket->number > 0 && ticket->began_at > 1700000000000 && holds(drafts_composer_text(composer), ""));
  CHECK(drafts_ticket_confirm(ticket, &outcome, NULL) == 0 && outcome.changed);
  CHECK(drafts_ticket_confirm(ticket, &outcome, NULL) == DRAFTS_STATUS_NOT_PENDING);
  drafts_ticket_free(ticket);
  CHECK(drafts_composer_begin_send(composer, &ticket, NULL) == DRAFTS_STATUS_NOTHING_TO_SEND && ticket == NULL);
  CHECK(drafts_begin_send(store, text("c2c_n"), &ticket, NULL) == DRAFTS_STATUS_NOTHING_TO_SEND && ticket == NULL);
  CHECK(drafts_composer_set_text(composer, text("second"), NULL) == 0);
  CHECK(drafts_begin_send(store, text("c2c_a"), &ticket, NULL) == 0);
  CHECK(drafts_composer_set_text(composer, text("third"), NULL) == 0);
  CHECK(drafts_ticket_abort(ticket, &outcome, NULL) == 0 && outcome.changed);
  drafts_ticket_free(ticket);
  CHECK(holds(drafts_composer_text(composer), "second\nthird") && is_stored(store, "c2c_a", "second\nthird"));
  CHECK(drafts_begin_send(store, text("c2c_a"), &ticket, NULL) == 0);
  number = ticket->number;
  drafts_ticket_free(ticket);

  /* Clearing, and back. */
  CHECK(drafts_composer_set_text(composer, text("fourth"), NULL) == 0);
  CHECK(drafts_composer_flush(composer, NULL) == 0 && is_stored(store, "c2c_a", "fourth"));
  CHECK(drafts_clear(store, text("c2c_a"), NULL, NULL) == 0);
  CHECK(drafts_undo_clear(store, text("c2c_a"), &outcome, NULL) == 0 && outcome.changed);
  CHECK(drafts_undo_clear(store, text("c2c_a"), &outcome, NULL) == 0 && !outcome.changed);
  CHECK(!drafts_composer_conflict(composer, &draft) && draft == NULL && !drafts_composer_resolve(composer, DRAFTS_KEEP_BOTH));

  /* In the background. */
  CHECK(drafts_suspend(store, NULL) == 0);
  CHECK(drafts_composer_set_text(composer, text("meanwhile"), NULL) == 0);
  CHECK(drafts_set(store, text("c2c_b"), text("x"), NULL, NULL) == DRAFTS_STATUS_SUSPENDED);
  CHECK(drafts_flush(store, NULL) == DRAFTS_STATUS_UNSAVED && drafts_flush_within(store, 10, NULL) == DRAFTS_STATUS_UNSAVED);
  CHECK(drafts_close(store, &error) == DRAFTS_STATUS_UNSAVED);
  CHECK(drafts_error_message(error).len > 0);
  drafts_error_free(error);
  CHECK(drafts_resume(store, NULL) == 0 && drafts_flush_within(store, 20000, NULL) == 0);
  CHECK(is_stored(store, "c2c_a", "meanwhile"));
  CHECK(drafts_composer_set_text(composer, text("left"), NULL) == 0);
  drafts_composer_free(composer);
  CHECK(drafts_close(store, NULL) == 0);
  drafts_free(store);

  store = opened();
  CHECK(is_stored(store, "c2c_a", "left"));
  CHECK(drafts_tickets(store, &tickets, NULL) == 0 && drafts_ticket_list_count(tickets) == 1);
  CHECK(is_text(drafts_ticket_list_get(tickets, 0)->text, "second\nthird") && drafts_ticket_list_get(tickets, 1) == NULL);
  CHECK(drafts_ticket_list_get(tickets, 0)->number == number);
  CHECK(drafts_ticket_abort(drafts_ticket_list_get(tickets, 0), NULL, NULL) == 0);
  drafts_ticket_list_free(tickets);
  CHECK(is_stored(store, "c2c_a", "second\nthird\nleft"));
  drafts_free(store);
}

/* A composer and a ticket outlive their store. */
static void after_the_store(void) {
  drafts_store *store = opened();
  drafts_composer *composer;
  drafts_ticket *ticket;
  CHECK(drafts_compose(store, text("c2c_z"), &composer, NULL) == 0);
  CHECK(drafts_composer_set_text(composer, text("typed"), NULL) == 0);
  CHECK(drafts_composer_begin_send(composer, &ticket, NULL) == 0);
  CHECK(drafts_composer_set_text(composer, text("and more"), NULL) == 0);
  drafts_free(store);
  CHECK(drafts_composer_set_text(composer, text("late"), NULL) == DRAFTS_STATUS_CLOSED);
  CHECK(drafts_composer_flush(composer, NULL) == 0 && holds(drafts_composer_text(composer), "and more"));
  CHECK(drafts_ticket_confirm(ticket, NULL, NULL) == DRAFTS_STATUS_CLOSED);
  drafts_ticket_free(ticket);
  drafts_composer_free(composer);
  store = opened();
  CHECK(is_stored(store, "c2c_z", "and more"));
  drafts_free(store);
}

typedef struct heard {
  gate gate;
  drafts_status status;
  drafts_composer *composer;
  drafts_ticket *ticket;
  drafts_ticket_list *tickets;
  int changed;
  int32_t code;
  drafts_session_composer *session_composer;
} heard;

static void on_done(void *user, const drafts_error *error) {
  heard *heard = user;
  heard->status = drafts_error_status(error);
  gate_open(&heard->gate);
}

static void on_outcome(void *user, const drafts_outcome *outcome, const drafts_error *error) {
  ((heard *)user)->changed = outcome != NULL && outcome->changed;
  on_done(user, error);
}

static void on_composer(void *user, drafts_composer *composer, const drafts_error *error) {
  ((heard *)user)->composer = composer;
  on_done(user, error);
}

static void on_ticket(void *user, drafts_ticket *ticket, const drafts_error *error) {
  ((heard *)user)->ticket = ticket;
  on_done(user, error);
}

static void on_tickets(void *user, drafts_ticket_list *tickets, const drafts_error *error) {
  ((heard *)user)->tickets = tickets;
  on_done(user, error);
}

static void by_callbacks(void) {
  heard heard = {.gate = GATE};
  drafts_store *store = opened();
  drafts_composer *composer;
#define HEARS(call, expected) (CHECK((call) == 0), gate_wait(&heard.gate, 1), CHECK(heard.status == (expected)))
  HEARS(drafts_compose_then(store, text("c2c_"), on_composer, &heard), DRAFTS_STATUS_INVALID_ID);
  CHECK(heard.composer == NULL);
  HEARS(drafts_compose_then(store, text("c2c_t"), on_composer, &heard), 0);
  composer = heard.composer;
  HEARS(drafts_composer_set_text_then(composer, text("one"), on_done, &heard), 0);
  CHECK(is_stored(store, "c2c_t", "one"));
  HEARS(drafts_composer_set_text_then(composer, (drafts_text){"\xff", 1}, on_done, &heard), DRAFTS_STATUS_NOT_TEXT);
  CHECK(drafts_composer_set_text_then(composer, text("two"), NULL, NULL) == 0);
  CHECK(holds(drafts_composer_text(composer), "two"));
  HEARS(drafts_composer_flush_then(composer, on_done, &heard), 0);
  HEARS(drafts_composer_begin_send_then(composer, on_ticket, &heard), 0);
  CHECK(is_text(heard.ticket->text, "two"));
  HEARS(drafts_ticket_confirm_then(heard.ticket, on_outcome, &heard), 0);
  CHECK(heard.changed);
  drafts_ticket_free(heard.ticket);
  HEARS(drafts_begin_send_then(store, text("c2c_t"), on_ticket, &heard), DRAFTS_STATUS_NOTHING_TO_SEND);
  CHECK(heard.ticket == NULL);
  CHECK(drafts_composer_set_text(composer, text("three"), NULL) == 0);
  HEARS(drafts_begin_send_then(store, text("c2c_t"), on_ticket, &heard), 0);
  HEARS(drafts_ticket_abort_then(heard.ticket, on_outcome, &heard), 0);
  CHECK(heard.changed && holds(drafts_composer_text(composer), "three"));
  drafts_ticket_free(heard.ticket);
  HEARS(drafts_tickets_then(store, on_tickets, &heard), 0);
  CHECK(drafts_ticket_list_count(heard.tickets) == 1 && is_text(drafts_ticket_list_get(heard.tickets, 0)->text, "typed"));
  drafts_ticket_list_free(heard.tickets);
  CHECK(drafts_clear(store, text("c2c_t"), NULL, NULL) == 0);
  HEARS(drafts_undo_clear_then(store, text("c2c_t"), on_outcome, &heard), 0);
  CHECK(heard.changed);
  HEARS(drafts_suspend_then(store, on_done, &heard), 0);
  CHECK(drafts_composer_set_text(composer, text("four"), NULL) == 0);
  HEARS(drafts_flush_then(store, on_done, &heard), DRAFTS_STATUS_UNSAVED);
  HEARS(drafts_resume_then(store, on_done, &heard), 0);
  HEARS(drafts_flush_then(store, on_done, &heard), 0);
  CHECK(is_stored(store, "c2c_t", "four"));
  CHECK(drafts_compose_then(store, text("c2c_t"), NULL, NULL) == 0);
  drafts_composer_free(composer);
  drafts_free(store);
}

static void on_nothing(void *user, const drafts_event *event) {
  (void)user;
  (void)event;
}

/* A text that cannot be saved over what somebody else has stored, and a row that shows that. */
static drafts_composer *in_conflict(drafts_store *store, const char *id) {
  drafts_composer *composer;
  drafts_store *other;
  CHECK(drafts_set(store, text(id), text("before"), NULL, NULL) == 0);
  CHECK(drafts_compose(store, text(id), &composer, NULL) == 0);
  CHECK(drafts_suspend(store, NULL) == 0 && drafts_composer_set_text(composer, text("ours"), NULL) == 0);
  other = opened();
  CHECK(drafts_set(other, text(id), text("theirs"), NULL, NULL) == 0);
  drafts_free(other);
  CHECK(drafts_resume(store, NULL) == 0 && drafts_flush(store, NULL) == DRAFTS_STATUS_UNSAVED);
  CHECK(holds(drafts_composer_text(composer), "ours") && is_stored(store, id, "theirs"));
  return composer;
}

/* It ends though somebody subscribes and a text cannot be saved, and every call is answered. */
static void an_end_with_a_text_that_cannot_be_saved(void) {
  heard heard = {.gate = GATE};
  drafts_store *store = opened();
  drafts_subscription *subscription;
  drafts_composer *composer;
  drafts_unsaved_list *unsaved;
  drafts_text id = {NULL, 0}, typed = {NULL, 0};
  CHECK(drafts_subscribe(store, on_nothing, NULL, &subscription, NULL) == 0);
  composer = in_conflict(store, "c2c_conflict");
  CHECK(drafts_close(store, NULL) == DRAFTS_STATUS_UNSAVED);
  unsaved = drafts_unsaved(store);
  CHECK(drafts_unsaved_list_count(unsaved) == 1 && drafts_unsaved_list_get(unsaved, 0, &id, &typed));
  CHECK(is_text(id, "c2c_conflict") && is_text(typed, "ours"));
  drafts_unsaved_list_free(unsaved);
  CHECK(drafts_suspend(store, NULL) == DRAFTS_STATUS_UNSAVED);
  CHECK(drafts_composer_resolve(composer, DRAFTS_KEEP_OURS));
  CHECK(drafts_composer_set_text_then(composer, text("typed in the background"), on_done, &heard) == 0);
  drafts_free(store);
  CHECK(heard.gate.opened == 1 && heard.status == DRAFTS_STATUS_SUSPENDED);
  drafts_subscription_free(subscription);
  store = opened();
  CHECK(is_stored(store, "c2c_conflict", "theirs"));
  drafts_free(store);
  drafts_composer_free(composer);
}

static void on_session_done(void *user, int32_t code, drafts_text sentence) {
  heard *heard = user;
  (void)sentence;
  heard->code = code;
  gate_open(&heard->gate);
}

static void on_session_composer(void *user, int32_t code, drafts_text sentence, drafts_session_composer *composer) {
  ((heard *)user)->session_composer = composer;
  on_session_done(user, code, sentence);
}

static void a_session_tells_what_it_could_not_save(const char *folder) {
  heard heard = {.gate = GATE};
  drafts_session *session = drafts_session_new();
  drafts_unsaved_list *unsaved;
  drafts_text id = {NULL, 0}, typed = {NULL, 0};
  CHECK(drafts_session_init(session, 1, text(folder), (drafts_text){NULL, 0}, NULL, NULL));
  drafts_session_login(session, text("alice"), on_session_done, &heard);
  gate_wait(&heard.gate, 1);
  CHECK(heard.code == 0);
  drafts_session_compose(session, text("c2c_bob"), on_session_composer, &heard);
  gate_wait(&heard.gate, 1);
  drafts_session_suspend(session, on_session_done, &heard);
  gate_wait(&heard.gate, 1);
  CHECK(drafts_session_composer_set_text(heard.session_composer, text("typed")) == 0);
  unsaved = drafts_session_uninit_within(session, 20000);
  CHECK(drafts_unsaved_list_count(unsaved) == 1 && drafts_unsaved_list_get(unsaved, 0, &id, &typed));
  CHECK(is_text(id, "c2c_bob") && is_text(typed, "typed") && !drafts_unsaved_list_get(unsaved, 1, NULL, NULL));
  drafts_unsaved_list_free(unsaved);
  CHECK(drafts_session_composer_set_text(heard.session_composer, text("late")) == 6014);
  CHECK(drafts_session_uninit_within(session, 0) == NULL && drafts_session_uninit_within(NULL, 0) == NULL);
  drafts_session_composer_free(heard.session_composer);
  drafts_session_free(session);
}

static void on_null(void) {
  drafts_composer *composer = NULL;
  drafts_ticket *ticket = NULL;
  drafts_ticket_list *tickets = NULL;
  drafts_draft *draft;
  CHECK(drafts_compose(NULL, text("x"), &composer, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_compose_then(NULL, text("x"), NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_composer_text(NULL) == NULL && drafts_composer_id(NULL) == NULL);
  CHECK(drafts_composer_set_text(NULL, text("x"), NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_composer_set_text_then(NULL, text("x"), NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_composer_flush(NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_composer_begin_send(NULL, &ticket, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(!drafts_composer_conflict(NULL, &draft) && draft == NULL && !drafts_composer_resolve(NULL, 0));
  CHECK(drafts_begin_send(NULL, text("x"), &ticket, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_tickets(NULL, &tickets, NULL) == DRAFTS_STATUS_NULL_ARGUMENT && drafts_ticket_list_count(NULL) == 0);
  CHECK(drafts_ticket_list_get(NULL, 0) == NULL && drafts_ticket_confirm(NULL, NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_ticket_abort_then(NULL, NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_flush(NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT && drafts_flush_within(NULL, 1, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_suspend(NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT && drafts_unsaved(NULL) == NULL);
  CHECK(drafts_undo_clear(NULL, text("x"), NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT && !drafts_get_stats(NULL, NULL));
  CHECK(drafts_unsaved_list_count(NULL) == 0 && !drafts_unsaved_list_get(NULL, 0, NULL, NULL));
  drafts_text_free(NULL);
  drafts_composer_free(NULL);
  drafts_ticket_free(NULL);
  drafts_ticket_list_free(NULL);
  drafts_unsaved_list_free(NULL);
  drafts_session_composer_free(NULL);
  drafts_session_ticket_free(NULL);
  drafts_session_ticket_confirm(NULL, NULL, NULL);
  CHECK(drafts_session_composer_text(NULL) == NULL && drafts_session_composer_set_text(NULL, text("x")) != 0);
  CHECK(drafts_session_flush_within(NULL, 1) != 0 && !drafts_session_composer_conflict(NULL, NULL));
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  snprintf(url, sizeof url, "sqlite:%s/composing.db", arguments[1]);
  on_the_callers_thread();
  after_the_store();
  by_callbacks();
  an_end_with_a_text_that_cannot_be_saved();
  a_session_tells_what_it_could_not_save(arguments[1]);
  on_null();
  return verdict();
}
