/* The vectors that every language runs, through the native calls and through the session.
 * The arguments are an empty folder and the lines that tests/vectors.py prints. */
#include "check.h"

static gate answered = GATE;
static int code;
static char *draft;
static size_t draft_len;

static int nibble(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

/* A column: `null`, or `x` and digits, and perhaps `*` and how often. */
static drafts_text column(const char *column) {
  drafts_text text = {NULL, 0};
  size_t once, times = 1;
  const char *star = strchr(column, '*');
  char *bytes;
  if (column[0] != 'x') return text;
  once = (star ? (size_t)(star - column) : strlen(column)) / 2;
  if (star) times = (size_t)atol(star + 1);
  bytes = malloc(once * times + 1);
  for (size_t i = 0; i < once * times; i++) {
    size_t place = 1 + 2 * (i % once);
    bytes[i] = (char)(nibble(column[place]) * 16 + nibble(column[place + 1]));
  }
  text.data = bytes;
  text.len = once * times;
  return text;
}

static int same(drafts_text text, const char *data, size_t len) {
  return text.len == len && (len == 0 || memcmp(text.data, data, len) == 0);
}

static void on_done(void *user, int32_t answer, drafts_text sentence) {
  (void)user;
  code = answer;
  CHECK((answer == 0) == (sentence.len == 0));
  gate_open(&answered);
}

static void on_list(void *user, int32_t answer, drafts_text sentence, const drafts_session_list *list) {
  (void)user;
  (void)sentence;
  code = answer;
  free(draft);
  draft = NULL;
  draft_len = 0;
  if (list && list->count == 1) {
    draft_len = list->conversations[0]->draft.text.len;
    draft = malloc(draft_len + 1);
    if (draft_len) memcpy(draft, list->conversations[0]->draft.text.data, draft_len);
  }
  gate_open(&answered);
}

static void read_draft(drafts_session *session, drafts_text id) {
  drafts_session_get_conversations(session, &id, 1, on_list, NULL);
  gate_wait(&answered, 1);
}

static void by_the_session(drafts_session *session, const char *name, int expected, drafts_text id, drafts_text text) {
  char *before = NULL;
  size_t before_len = 0;
  if (expected) {
    read_draft(session, id);
    before = draft;
    before_len = draft_len;
    draft = NULL;
  }
  drafts_session_set_draft(session, id, text, on_done, NULL);
  gate_wait(&answered, 1);
  if (!CHECK(code == expected)) fprintf(stderr, "%s: %d\n", name, code);
  read_draft(session, id);
  /* What is refused leaves the draft before it as it was; an id that is none has no draft. */
  if (!CHECK(same(expected ? (drafts_text){before, before_len} : text, draft, draft_len))) fprintf(stderr, "%s\n", name);
  free(before);
}

static void by_the_native_calls(drafts_store *store, const char *name, int expected, drafts_text id, drafts_text text) {
  drafts_error *error;
  drafts_status status = drafts_set(store, id, text, NULL, &error);
  int refused = status == DRAFTS_STATUS_NULL_ARGUMENT || status == DRAFTS_STATUS_NOT_TEXT ||
                status == DRAFTS_STATUS_INVALID_ID || status == DRAFTS_STATUS_TEXT_TOO_LONG;
  if (!CHECK(expected ? refused : status == 0)) fprintf(stderr, "%s: %d\n", name, status);
  drafts_error_free(error);
  if (!expected) {
    drafts_draft *found;
    CHECK(drafts_get(store, id, &found, NULL) == 0);
    CHECK(found ? same(text, found->text.data, found->text.len) : text.len == 0);
    drafts_draft_free(found);
  }
}

static void by_a_login(drafts_session *session, const char *name, int expected, drafts_text user) {
  drafts_session_login(session, user, on_done, NULL);
  gate_wait(&answered, 1);
  if (!CHECK(code == expected)) fprintf(stderr, "%s: %d\n", name, code);
  if (expected) return;
  {
    char logged_in[32];
    CHECK(same(user, logged_in, drafts_session_login_user(session, logged_in, sizeof logged_in)));
  }
  /* Nobody else's drafts are there. */
  read_draft(session, drafts_text_of("c2c_own"));
  CHECK(draft_len == 0);
  drafts_session_set_draft(session, drafts_text_of("c2c_own"), user, on_done, NULL);
  gate_wait(&answered, 1);
  drafts_session_logout(session, on_done, NULL);
  gate_wait(&answered, 1);
  CHECK(code == 0);
}

int main(int count, char **arguments) {
  static char line[64 * 1024];
  drafts_session *session = drafts_session_new();
  drafts_store *store;
  FILE *lines;
  int vectors = 0;
  if (count != 3 || !(lines = fopen(arguments[2], "r"))) return 2;
  CHECK(drafts_open(drafts_text_of("memory:"), &store, NULL) == 0);
  CHECK(drafts_session_init(session, 1, drafts_text_of(arguments[1]), (drafts_text){NULL, 0}, NULL, NULL));
  drafts_session_login(session, drafts_text_of("vectors"), on_done, NULL);
  gate_wait(&answered, 1);
  while (fgets(line, sizeof line, lines)) {
    char *columns[5], *rest = line;
    drafts_text id, text;
    for (int i = 0; i < 5; i++) {
      columns[i] = rest;
      rest += strcspn(rest, "\t");
      *rest++ = 0;
    }
    id = column(columns[3]);
    text = column(columns[4]);
    if (strcmp(columns[0], "draft") == 0) {
      by_the_session(session, columns[1], atoi(columns[2]), id, text);
      by_the_native_calls(store, columns[1], atoi(columns[2]), id, text);
    } else {
      if (drafts_session_login_status(session) == 1) {
        drafts_session_logout(session, on_done, NULL);
        gate_wait(&answered, 1);
      }
      by_a_login(session, columns[1], atoi(columns[2]), id);
    }
    free((void *)id.data);
    free((void *)text.data);
    vectors++;
  }
  CHECK(vectors > 50);
  fclose(lines);
  free(draft);
  drafts_session_free(session);
  drafts_free(store);
  return verdict();
}
