/* The native calls, on the caller's thread and by callbacks. The argument is an empty folder. */
#include "check.h"

static char urls[2][512];

static drafts_text text(const char *string) { return drafts_text_of(string); }

static drafts_store *opened(const char *url) {
  drafts_store *store = NULL;
  drafts_error *error = (drafts_error *)&store;
  CHECK(drafts_open(text(url), &store, &error) == DRAFTS_STATUS_OK);
  CHECK(store != NULL && error == NULL);
  return store;
}

static void every_call_on_the_callers_thread(void) {
  drafts_store *store = opened(urls[0]);
  drafts_outcome first, outcome;
  drafts_draft *draft;
  drafts_draft *many[3];
  drafts_text ids[3] = {{"c2c_b", 5}, {"c2c_a", 5}, {"c2c_n", 5}};
  drafts_bytes extra = {(const uint8_t *)"cur\0sor", 7};
  drafts_conversation *conversation;
  drafts_page *page;
  drafts_cursor next;
  drafts_error *error;
  uint64_t revision;
  uint32_t unread = 7;

  CHECK(drafts_set(store, text("c2c_a"), text("hi"), &first, NULL) == 0 && first.changed);
  CHECK(drafts_set(store, text("c2c_a"), text("hi"), &outcome, NULL) == 0 && !outcome.changed);
  CHECK(outcome.revision == first.revision);
  CHECK(drafts_set_with(store, text("c2c_b"), text("with extra"), extra, NULL, &outcome, NULL) == 0);
  CHECK(drafts_get(store, text("c2c_b"), &draft, NULL) == 0 && is_text(draft->text, "with extra"));
  CHECK(draft->extra.len == 7 && memcmp(draft->extra.data, "cur\0sor", 7) == 0);
  CHECK(draft->revision == outcome.revision && draft->updated_at > 1700000000000);
  drafts_draft_free(draft);

  CHECK(drafts_get_many(store, ids, 3, many, NULL) == 0);
  CHECK(is_text(many[0]->text, "with extra") && is_text(many[1]->text, "hi") && many[2] == NULL);
  for (int i = 0; i < 3; i++) drafts_draft_free(many[i]);

  /* The base is no more what is there: the error tells what is. */
  CHECK(drafts_set_with(store, text("c2c_b"), text("late"), (drafts_bytes){NULL, 0}, &first.revision, NULL, &error) ==
        DRAFTS_STATUS_CONFLICT);
  CHECK(drafts_error_status(error) == DRAFTS_STATUS_CONFLICT);
  CHECK(is_text(drafts_error_current(error)->text, "with extra"));
  CHECK(drafts_error_current_revision(error) == outcome.revision);
  drafts_error_free(error);
  CHECK(drafts_revision(store, text("c2c_b"), &revision, NULL) == 0 && revision == outcome.revision);

  CHECK(drafts_list(store, NULL, 1, &page, NULL) == 0 && drafts_page_count(page) == 1);
  CHECK(is_text(drafts_page_get(page, 0)->id, "c2c_b") && drafts_page_get(page, 1) == NULL);
  CHECK(drafts_page_sequence(page) == outcome.revision && drafts_page_next(page, &next));
  {
    drafts_page *second;
    CHECK(drafts_list(store, &next, 1, &second, NULL) == 0);
    CHECK(is_text(drafts_page_get(second, 0)->id, "c2c_a") && !drafts_page_next(second, NULL));
    drafts_page_free(second);
  }
  drafts_page_free(page);

  {
    drafts_update *update = drafts_update_new();
    const drafts_update *updates[2];
    updates[0] = updates[1] = update;
    drafts_update_show_name(update, text("Ann"));
    drafts_update_avatar_url(update, text(""));
    drafts_update_unread_count(update, &unread);
    drafts_update_receive_option(update, NULL);
    drafts_update_last_message(update, 1700000000001, extra);
    drafts_update_custom_data(update, extra);
    CHECK(drafts_conversation_update(store, text("group_x"), update, &outcome, NULL) == 0 && outcome.changed);
    CHECK(drafts_conversation_update_many(store, ids, updates, 2, NULL) == 0);
    drafts_update_show_name(update, (drafts_text){"\xff", 1});
    CHECK(drafts_conversation_update(store, text("group_x"), update, NULL, NULL) == DRAFTS_STATUS_NOT_TEXT);
    drafts_update_free(update);
  }
  CHECK(drafts_conversation_pin(store, text("group_x"), true, NULL, NULL) == 0);
  CHECK(drafts_conversation_get(store, text("group_x"), &conversation, NULL) == 0);
  CHECK(conversation->kind == 2 && is_text(conversation->name, "x") && conversation->pinned);
  CHECK(is_text(conversation->show_name, "Ann") && is_text(conversation->avatar_url, ""));
  CHECK(conversation->has_unread_count && conversation->unread_count == 7 && !conversation->has_receive_option);
  CHECK(conversation->has_last_message && conversation->last_message_time == 1700000000001);
  CHECK(conversation->last_message.len == 7 && conversation->custom_data.len == 7);
  CHECK(!conversation->has_draft && conversation->draft.text.data == NULL);
  drafts_conversation_free(conversation);
  CHECK(drafts_conversation_get(store, text("c2c_unknown"), &conversation, NULL) == 0 && conversation == NULL);
  CHECK(drafts_conversation_list(store, NULL, 10, &page, NULL) == 0 && drafts_page_count(page) == 3);
  CHECK(is_text(drafts_page_get(page, 0)->id, "group_x"));
  drafts_page_free(page);
  CHECK(drafts_conversation_rename(store, text("group_x"), text("group_y"), &outcome, NULL) == 0 && outcome.changed);
  CHECK(drafts_conversation_rename(store, text("group_x"), text("group_y"), &outcome, NULL) == 0 && !outcome.changed);
  CHECK(drafts_conversation_delete(store, text("group_y"), &outcome, NULL) == 0 && outcome.changed);

  CHECK(drafts_clear(store, text("c2c_b"), NULL, NULL) == 0);
  CHECK(drafts_set(store, text("c2c_a"), (drafts_text){NULL, 0}, &outcome, NULL) == 0 && outcome.changed);
  CHECK(drafts_get(store, text("c2c_a"), &draft, NULL) == 0 && draft == NULL);
  CHECK(drafts_check(store, NULL) == 0 && drafts_resume(store, NULL) == 0);
  {
    drafts_store *memory = opened("memory:");
    CHECK(drafts_copy(store, memory, NULL) == 0);
    CHECK(drafts_copy(store, memory, &error) == DRAFTS_STATUS_NOT_EMPTY);
    drafts_error_free(error);
    drafts_free(memory);
  }
  CHECK(drafts_close(store, NULL) == 0 && drafts_close(store, NULL) == 0);
  CHECK(drafts_get(store, text("c2c_a"), &draft, &error) == DRAFTS_STATUS_CLOSED && draft == NULL);
  CHECK(is_text(drafts_error_message(error), "the store is closed"));
  drafts_error_free(error);
  drafts_free(store);
}

static void what_is_no_good(const char *folder) {
  drafts_store *store = (drafts_store *)&passed;
  drafts_draft *draft;
  drafts_error *error;
  char long_text[64];

  CHECK(drafts_open(text("dbm:x"), &store, &error) == DRAFTS_STATUS_UNKNOWN_ENGINE && store == NULL);
  CHECK(drafts_error_message(error).len > 0);
  drafts_error_free(error);
  CHECK(drafts_open((drafts_text){NULL, 0}, &store, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_open((drafts_text){"sqlite:\xff", 8}, &store, NULL) == DRAFTS_STATUS_NOT_TEXT);
  CHECK(drafts_open(text("memory:"), NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  snprintf(long_text, sizeof long_text, "sqlite:%.20s", "no/such/folder/x.db");
  CHECK(drafts_open(text(long_text), &store, NULL) == DRAFTS_STATUS_NOT_FOUND);
  CHECK(drafts_open_existing(text("sqlite:no-such-file.db"), &store, NULL) == DRAFTS_STATUS_NOT_FOUND);
  CHECK(drafts_open_account(text(folder), text("sqlite"), text(""), &store, NULL) == DRAFTS_STATUS_INVALID_ACCOUNT);
  CHECK(drafts_open_account(text(folder), text("sqlite"), text("../a/B"), &store, NULL) == 0);
  CHECK(drafts_set(store, text("x"), text("x"), NULL, NULL) == 0);
  {
    drafts_store *second;
    CHECK(drafts_open_account(text(folder), text("sqlite"), text("../a/B"), &second, NULL) == DRAFTS_STATUS_LOCKED);
    CHECK(second == NULL);
  }
  CHECK(drafts_set(NULL, text("x"), text("x"), NULL, &error) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(is_text(drafts_error_message(error), "the argument store is NULL"));
  drafts_error_free(error);
  CHECK(drafts_set(store, (drafts_text){NULL, 0}, text("x"), NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_set(store, text(""), text("x"), NULL, NULL) == DRAFTS_STATUS_INVALID_ID);
  CHECK(drafts_get(store, text("x"), NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_get_many(store, NULL, 2, &draft, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_get_many(store, NULL, 0, &draft, NULL) == 0);
  CHECK(drafts_subscribe(store, NULL, NULL, NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  CHECK(drafts_set_then(NULL, text("x"), text("x"), NULL, NULL) == DRAFTS_STATUS_NULL_ARGUMENT);
  drafts_free(store);

  /* Each of these is harmless on NULL. */
  drafts_free(NULL);
  drafts_draft_free(NULL);
  drafts_conversation_free(NULL);
  drafts_page_free(NULL);
  drafts_update_free(NULL);
  drafts_update_show_name(NULL, text("x"));
  drafts_error_free(NULL);
  drafts_subscription_free(NULL);
  drafts_session_free(NULL);
  drafts_session_uninit(NULL);
  drafts_session_set_draft(NULL, text("x"), text("x"), NULL, NULL);
  drafts_reply_run(NULL);
  CHECK(drafts_error_status(NULL) == 0 && drafts_error_message(NULL).data == NULL && drafts_page_count(NULL) == 0);
  CHECK(drafts_error_current(NULL) == NULL && drafts_page_get(NULL, 0) == NULL && !drafts_page_next(NULL, NULL));
  CHECK(drafts_session_login_status(NULL) == 3 && drafts_session_login_user(NULL, NULL, 0) == 0);
}

/* What a callback heard, copied out of what is gone when it returns. */
typedef struct heard {
  gate gate;
  drafts_store *store;
  drafts_status status;
  char text[64];
  size_t count;
  uint64_t number;
} heard;

static void keep(heard *heard, drafts_text text) {
  heard->text[0] = 0;
  if (text.data) snprintf(heard->text, sizeof heard->text, "%.*s", (int)text.len, text.data);
}

static void on_open(void *user, drafts_store *store, const drafts_error *error) {
  heard *heard = user;
  heard->store = store;
  heard->status = drafts_error_status(error);
  gate_open(&heard->gate);
}

static void on_done(void *user, const drafts_error *error) {
  heard *heard = user;
  heard->status = drafts_error_status(error);
  gate_open(&heard->gate);
}

static void on_outcome(void *user, const drafts_outcome *outcome, const drafts_error *error) {
  heard *heard = user;
  CHECK((outcome == NULL) == (error != NULL));
  heard->number = outcome ? outcome->revision : 0;
  on_done(user, error);
}

static void on_draft(void *user, const drafts_draft *draft, const drafts_error *error) {
  heard *heard = user;
  keep(heard, draft ? draft->text : (drafts_text){NULL, 0});
  on_done(user, error);
}

static void on_drafts(void *user, const drafts_draft *const *drafts, size_t count, const drafts_error *error) {
  heard *heard = user;
  heard->count = count;
  if (count > 0 && drafts[0]) keep(heard, drafts[0]->text);
  on_done(user, error);
}

static void on_page(void *user, const drafts_page *page, const drafts_error *error) {
  heard *heard = user;
  heard->count = drafts_page_count(page);
  on_done(user, error);
}

static void on_revision(void *user, uint64_t revision, const drafts_error *error) {
  heard *heard = user;
  heard->number = revision;
  on_done(user, error);
}

static void on_conversation(void *user, const drafts_conversation *conversation, const drafts_error *error) {
  heard *heard = user;
  keep(heard, conversation ? conversation->id : (drafts_text){NULL, 0});
  on_done(user, error);
}

static void every_call_by_a_callback(void) {
  heard heard = {.gate = GATE};
  drafts_text ids[2] = {{"c2c_a", 5}, {"c2c_n", 5}};
  drafts_update *update = drafts_update_new();
  const drafts_update *updates[2];
  drafts_store *store;
  updates[0] = updates[1] = update;

#define HEARS(call, expected) (CHECK((call) == 0), gate_wait(&heard.gate, 1), CHECK(heard.status == (expected)))
  HEARS(drafts_open_then(text("dbm:x"), on_open, &heard), DRAFTS_STATUS_UNKNOWN_ENGINE);
  CHECK(heard.store == NULL);
  HEARS(drafts_open_existing_then(text("sqlite:no-such-file.db"), on_open, &heard), DRAFTS_STATUS_NOT_FOUND);
  HEARS(drafts_open_account_then(text("no-such-folder"), text("sqlite"), text("a"), on_open, &heard), DRAFTS_STATUS_NOT_FOUND);
  HEARS(drafts_open_then(text(urls[1]), on_open, &heard), 0);
  store = heard.store;
  HEARS(drafts_set_then(store, ids[0], text("hi"), on_outcome, &heard), 0);
  CHECK(heard.number == 1);
  HEARS(drafts_set_then(store, text("c2c_"), text("hi"), on_outcome, &heard), DRAFTS_STATUS_INVALID_ID);
  HEARS(drafts_set_then(store, ids[0], (drafts_text){"\xed\xa0\xbd", 3}, on_outcome, &heard), DRAFTS_STATUS_NOT_TEXT);
  HEARS(drafts_get_then(store, ids[0], on_draft, &heard), 0);
  CHECK(strcmp(heard.text, "hi") == 0);
  HEARS(drafts_get_many_then(store, ids, 2, on_drafts, &heard), 0);
  CHECK(heard.count == 2 && strcmp(heard.text, "hi") == 0);
  HEARS(drafts_list_then(store, NULL, 10, on_page, &heard), 0);
  CHECK(heard.count == 1);
  HEARS(drafts_revision_then(store, ids[0], on_revision, &heard), 0);
  CHECK(heard.number == 1);
  heard.number = 9;
  HEARS(drafts_set_with_then(store, ids[0], text("x"), (drafts_bytes){NULL, 0}, &heard.number, on_outcome, &heard),
        DRAFTS_STATUS_CONFLICT);
  drafts_update_show_name(update, text("Ann"));
  HEARS(drafts_conversation_update_then(store, ids[1], update, on_outcome, &heard), 0);
  HEARS(drafts_conversation_update_many_then(store, ids, updates, 2, on_done, &heard), 0);
  drafts_update_free(update);
  HEARS(drafts_conversation_get_then(store, ids[1], on_conversation, &heard), 0);
  CHECK(strcmp(heard.text, "c2c_n") == 0);
  HEARS(drafts_conversation_list_then(store, NULL, 10, on_page, &heard), 0);
  CHECK(heard.count == 2);
  HEARS(drafts_conversation_pin_then(store, ids[1], true, on_outcome, &heard), 0);
  HEARS(drafts_conversation_rename_then(store, ids[1], text("c2c_m"), on_outcome, &heard), 0);
  HEARS(drafts_conversation_rename_then(store, ids[1], text("c2c_"), on_outcome, &heard), DRAFTS_STATUS_INVALID_ID);
  HEARS(drafts_conversation_delete_then(store, text("c2c_m"), on_outcome, &heard), 0);
  HEARS(drafts_clear_then(store, ids[0], on_outcome, &heard), 0);
  HEARS(drafts_check_then(store, on_done, &heard), 0);
  HEARS(drafts_resume_then(store, on_done, &heard), 0);
  HEARS(drafts_copy_then(store, store, on_done, &heard), DRAFTS_STATUS_NOT_EMPTY);
  CHECK(drafts_set_then(store, ids[0], text("no callback"), NULL, NULL) == 0);
  HEARS(drafts_close_then(store, on_done, &heard), 0);
  HEARS(drafts_set_then(store, ids[0], text("x"), on_outcome, &heard), DRAFTS_STATUS_CLOSED);
  drafts_free(store);
  store = opened(urls[1]);
  HEARS(drafts_get_then(store, ids[0], on_draft, &heard), 0);
  CHECK(strcmp(heard.text, "no callback") == 0);
  drafts_free(store);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  snprintf(urls[0], sizeof urls[0], "sqlite:%s/native.db", arguments[1]);
  snprintf(urls[1], sizeof urls[1], "sqlite:%s/then.db", arguments[1]);
  CHECK(drafts_abi_version() == 1);
  every_call_on_the_callers_thread();
  what_is_no_good(arguments[1]);
  every_call_by_a_callback();
  return verdict();
}
