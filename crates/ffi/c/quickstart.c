/* Keeps a draft in a SQLite file, changes it, lists what is unsent, and sets one by a callback. */
#include <chat_drafts.h>
#include <stdio.h>

static int failed(drafts_error *error) {
  drafts_text message = drafts_error_message(error);
  fprintf(stderr, "%.*s\n", (int)message.len, message.data);
  drafts_error_free(error);
  return 1;
}

static void on_set(void *user, const drafts_outcome *outcome, const drafts_error *error) {
  (void)user;
  printf("Carol: %s\n", error == NULL && outcome->changed ? "kept" : "not kept");
}

int main(int count, char **arguments) {
  drafts_store *drafts;
  drafts_draft *draft;
  drafts_page *page;
  drafts_error *error;
  drafts_text bob = drafts_text_of("c2c_bob");

  if (drafts_open(drafts_text_of(count > 1 ? arguments[1] : "sqlite:drafts.db"), &drafts, &error)) return failed(error);
  if (drafts_set(drafts, bob, drafts_text_of("I'll be there at"), NULL, &error)) return failed(error);
  if (drafts_get(drafts, bob, &draft, &error)) return failed(error);
  printf("Bob: %.*s\n", (int)draft->text.len, draft->text.data);
  drafts_draft_free(draft);

  drafts_set_then(drafts, drafts_text_of("c2c_carol"), drafts_text_of("See you"), on_set, NULL);
  if (drafts_close(drafts, &error)) return failed(error); /* behind what was accepted */
  drafts_free(drafts);                                    /* waits for the callback */

  if (drafts_open_existing(drafts_text_of(count > 1 ? arguments[1] : "sqlite:drafts.db"), &drafts, &error)) return failed(error);
  if (drafts_list(drafts, NULL, 50, &page, &error)) return failed(error);
  for (size_t row = 0; row < drafts_page_count(page); row++) {
    const drafts_conversation *found = drafts_page_get(page, row);
    printf("%.*s: [Draft] %.*s\n", (int)found->id.len, found->id.data, (int)found->draft.text.len, found->draft.text.data);
  }
  drafts_page_free(page);
  drafts_free(drafts);
  return 0;
}
