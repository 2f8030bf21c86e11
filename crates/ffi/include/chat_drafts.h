/*
 * chat-drafts: an embedded engine for unsent messages.
 *
 * Made of crates/ffi/src by cbindgen; README.md beside it tells the conventions. Text is UTF-8 with a length and may hold
 * any character, U+0000 too. Every function may be called from any thread. Nothing here throws or unwinds.
 */

#ifndef CHAT_DRAFTS_H
#define CHAT_DRAFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// What a call came to. Numbers are never used again and never change their meaning; later versions may add some.
enum drafts_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // It was done.
  DRAFTS_STATUS_OK = 0,
  // A pointer that must be given is NULL.
  DRAFTS_STATUS_NULL_ARGUMENT = 1,
  // A text is not UTF-8.
  DRAFTS_STATUS_NOT_TEXT = 2,
  // Not a conversation id: 1 to 512 bytes without control characters, and something behind `c2c_` or `group_`.
  DRAFTS_STATUS_INVALID_ID = 3,
  // The account's name cannot name a store.
  DRAFTS_STATUS_INVALID_ACCOUNT = 4,
  // The text is too long. The draft before it is intact.
  DRAFTS_STATUS_TEXT_TOO_LONG = 5,
  // The extra is too long. The draft before it is intact.
  DRAFTS_STATUS_EXTRA_TOO_LONG = 6,
  // A fact of the host is too long.
  DRAFTS_STATUS_FACT_TOO_LONG = 7,
  // The draft has changed since the revision this write is based on. Nothing was changed; the error tells what is there.
  DRAFTS_STATUS_CONFLICT = 8,
  // The store is in use by another handle.
  DRAFTS_STATUS_IN_USE = 9,
  // The store is closed.
  DRAFTS_STATUS_CLOSED = 10,
  // An earlier write failed: resume or open the store anew to write again. Reads go on.
  DRAFTS_STATUS_POISONED = 11,
  // The disk is full. Nothing was lost; writes work again when there is room.
  DRAFTS_STATUS_DISK_FULL = 12,
  // The file is open elsewhere.
  DRAFTS_STATUS_LOCKED = 13,
  // The file or a record in it is damaged. It was left as it is.
  DRAFTS_STATUS_CORRUPT = 14,
  // The file is something else than a store of drafts. It was left as it is.
  DRAFTS_STATUS_FOREIGN = 15,
  // The file was written by a newer version. It was left as it is.
  DRAFTS_STATUS_SCHEMA_TOO_NEW = 16,
  // The file, or its folder, does not exist.
  DRAFTS_STATUS_NOT_FOUND = 17,
  // No permission to read and write the file.
  DRAFTS_STATUS_PERMISSION_DENIED = 18,
  // The path cannot name a store.
  DRAFTS_STATUS_INVALID_PATH = 19,
  // The address of a store has no known engine in front of its first colon.
  DRAFTS_STATUS_UNKNOWN_ENGINE = 20,
  // This build has no such engine.
  DRAFTS_STATUS_ENGINE_NOT_ENABLED = 21,
  // The target of a copy was written to before.
  DRAFTS_STATUS_NOT_EMPTY = 22,
  // The system failed to read or write. Whether a write under way was kept is unknown until the store is opened anew.
  DRAFTS_STATUS_IO = 23,
  // A fault inside the library.
  DRAFTS_STATUS_INTERNAL = 24,
  // There is no text that could be sent.
  DRAFTS_STATUS_NOTHING_TO_SEND = 25,
  // A text could not be saved. It is still in memory, and saving goes on.
  DRAFTS_STATUS_UNSAVED = 26,
  // The store is suspended: resume it to read and write again.
  DRAFTS_STATUS_SUSPENDED = 27,
  // The call was made on a thread of the store's, inside a wake-up, where it would wait for itself. Nothing was done.
  DRAFTS_STATUS_WOULD_DEADLOCK = 28,
  // The text is not being sent any more: it was confirmed, aborted, or deleted with its conversation. Nothing was changed.
  DRAFTS_STATUS_NOT_PENDING = 29,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum drafts_status drafts_status;
#else
typedef int32_t drafts_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What happened.
enum drafts_event_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // A conversation came into being.
  DRAFTS_EVENT_KIND_ADDED = 0,
  // A conversation changed.
  DRAFTS_EVENT_KIND_CHANGED = 1,
  // A conversation is gone from every read: it was deleted, or nothing is known of it any more.
  DRAFTS_EVENT_KIND_REMOVED = 2,
  // Events are missing: list again.
  DRAFTS_EVENT_KIND_RESYNC = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum drafts_event_kind drafts_event_kind;
#else
typedef int32_t drafts_event_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a listener hears of.
enum drafts_session_event
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The list is about to be read anew: after a login, and when another process has written to the same file.
  DRAFTS_SESSION_EVENT_SYNC_START = 0,
  // The list can be read now.
  DRAFTS_SESSION_EVENT_SYNC_FINISH = 1,
  // A conversation came into being.
  DRAFTS_SESSION_EVENT_NEW = 2,
  // A conversation changed; one that is known no more has an empty draft.
  DRAFTS_SESSION_EVENT_CHANGED = 3,
  // A conversation was deleted.
  DRAFTS_SESSION_EVENT_DELETED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum drafts_session_event drafts_session_event;
#else
typedef int32_t drafts_session_event;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a composer keeps in a conflict.
enum drafts_keep
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // What was typed here.
  DRAFTS_KEEP_OURS = 0,
  // What is stored.
  DRAFTS_KEEP_THEIRS = 1,
  // What is stored, a newline, and what was typed here.
  DRAFTS_KEEP_BOTH = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum drafts_keep drafts_keep;
#else
typedef int32_t drafts_keep;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The input field of one conversation: edits touch memory only and are saved behind, after 300 ms without an edit, and 2 s
// after the first at the latest. It may be used from any thread, and outlives its store, after whose closing it takes no
// edit.
typedef struct drafts_composer drafts_composer;

// Why a call failed.
typedef struct drafts_error drafts_error;

// A part of a list: highest order key first, ties by id.
typedef struct drafts_page drafts_page;

// An answer on its way to the host: `drafts_reply_run` calls the host's callback.
typedef struct drafts_reply drafts_reply;

// One host's session: one user at a time. It may be used from any thread.
typedef struct drafts_session drafts_session;

// The input field of one conversation. It may be used from any thread, and outlives a logout, after which it takes no edit.
typedef struct drafts_session_composer drafts_session_composer;

// An open store: the drafts of one account. It may be used from any thread.
typedef struct drafts_store drafts_store;

// Somebody who hears of events.
typedef struct drafts_subscription drafts_subscription;

// Tickets in the order in which their sending began.
typedef struct drafts_ticket_list drafts_ticket_list;

// The texts that are not saved at one moment.
typedef struct drafts_unsaved_list drafts_unsaved_list;

// Facts to tell of a conversation: a fact that is not mentioned stays as it is.
typedef struct drafts_update drafts_update;

// UTF-8 and its length in bytes. It does not end with a NUL and may hold one. `data` is NULL where there is no text.
typedef struct drafts_text {
  // The bytes.
  const char *data;
  // How many.
  size_t len;
} drafts_text;

// Bytes and how many. `data` is NULL where there are none.
typedef struct drafts_bytes {
  // The bytes.
  const uint8_t *data;
  // How many.
  size_t len;
} drafts_bytes;

// The unsent text of a conversation. Only the library makes one.
typedef struct drafts_draft {
  // The text, byte for byte as it was set; never empty.
  struct drafts_text text;
  // What the host keeps with it.
  struct drafts_bytes extra;
  // The revision: the base for a write.
  uint64_t revision;
  // When it last changed, in milliseconds since the Unix epoch, UTC.
  int64_t updated_at;
} drafts_draft;

// Hears of a store that was opened and is the host's from now on, to be freed by `drafts_free`; NULL if there is an error.
typedef void (*drafts_on_open)(void *user, struct drafts_store *store, const struct drafts_error *error);

// What became of a write.
typedef struct drafts_outcome {
  // Whether anything was written; the same again is not.
  bool changed;
  // The revision of the draft, or of its absence, from now on: the base for a next write.
  uint64_t revision;
} drafts_outcome;

// Hears what became of a write; `outcome` is NULL if there is an error.
typedef void (*drafts_on_outcome)(void *user, const struct drafts_outcome *outcome, const struct drafts_error *error);

// Hears a draft; NULL if there is none, or an error.
typedef void (*drafts_on_draft)(void *user, const struct drafts_draft *draft, const struct drafts_error *error);

// Hears drafts in the order asked for, NULL where there is none.
typedef void (*drafts_on_drafts)(void *user,
                                 const struct drafts_draft *const *drafts,
                                 size_t count,
                                 const struct drafts_error *error);

// A place in a list: behind one row. It stays valid while conversations change, and over a restart.
typedef struct drafts_cursor {
  // The row's order key.
  uint64_t order_key;
  // The row's id.
  struct drafts_text id;
} drafts_cursor;

// Hears a page; NULL if there is an error.
typedef void (*drafts_on_page)(void *user, const struct drafts_page *page, const struct drafts_error *error);

// Hears a revision; 0 if there is an error.
typedef void (*drafts_on_revision)(void *user, uint64_t revision, const struct drafts_error *error);

// Hears that a call is done; `error` is NULL if it went well. It, and all else a callback is given, is the library's and
// gone when the callback returns.
typedef void (*drafts_on_done)(void *user, const struct drafts_error *error);

// Hears of a composer that was opened and is the host's from now on, to be freed by `drafts_composer_free`; NULL if there is
// an error.
typedef void (*drafts_on_composer)(void *user, struct drafts_composer *composer, const struct drafts_error *error);

// A text that has left its draft to be sent, and is kept until `drafts_ticket_confirm` or `drafts_ticket_abort`. Only the
// library makes one. Freeing it without either keeps the text, for `drafts_tickets`.
typedef struct drafts_ticket {
  // The number of the sending; after a restart the ticket of the same text has the same.
  uint64_t number;
  // When it began, in milliseconds since the Unix epoch, UTC.
  int64_t began_at;
  // The conversation it is of.
  struct drafts_text id;
  // The text to send.
  struct drafts_text text;
  // What the host kept with it.
  struct drafts_bytes extra;
} drafts_ticket;

// Hears of a ticket that is the host's from now on, to be freed by `drafts_ticket_free`; NULL if there is an error.
typedef void (*drafts_on_ticket)(void *user, struct drafts_ticket *ticket, const struct drafts_error *error);

// Hears of tickets that are the host's from now on, to be freed by `drafts_ticket_list_free`; NULL if there is an error.
typedef void (*drafts_on_tickets)(void *user, struct drafts_ticket_list *tickets, const struct drafts_error *error);

// What saving while somebody types has come to since the store was opened.
typedef struct drafts_stats {
  // Edits: texts a composer was given that differ from the one before.
  uint64_t edits;
  // How often the text of a conversation was saved.
  uint64_t saves;
  // Edits that needed no save of their own.
  uint64_t coalesced;
  // Transactions these saves took.
  uint64_t commits;
  // The most saves that shared one.
  uint64_t largest_commit;
  // Transactions of the store that wrote something, whoever called.
  uint64_t transactions;
  // Calls that were written in them.
  uint64_t calls;
  // The most calls that shared one.
  uint64_t largest_group;
  // How many of them waited for the disk.
  uint64_t flushes;
  // How often the thread that saves was woken or started.
  uint64_t wakes;
  // How long half of these transactions took at most, in microseconds.
  uint64_t latency_p50;
  // How long all but one in a hundred took at most, in microseconds.
  uint64_t latency_p99;
  // The longest, in microseconds.
  uint64_t latency_max;
  // Conversations whose text is not saved at this moment.
  uint64_t unsaved;
} drafts_stats;

// A conversation. Only the library makes one; later versions may add fields at the end.
typedef struct drafts_conversation {
  // Its id.
  struct drafts_text id;
  // 1 for a chat with one user (`c2c_`), 2 for a group (`group_`), 0 for any other.
  int32_t kind;
  // What follows the prefix: the user's or the group's own id, or all of it if there is none.
  struct drafts_text name;
  // Whether it has a draft.
  bool has_draft;
  // Its draft; the text is NULL if it has none.
  struct drafts_draft draft;
  // Where it stands in the list: highest first.
  uint64_t order_key;
  // Whether it is pinned.
  bool pinned;
  // The name to show; NULL if it was never told, as with every fact.
  struct drafts_text show_name;
  // Where the picture is.
  struct drafts_text avatar_url;
  // Whether the number of unread messages was told.
  bool has_unread_count;
  // How many messages are unread.
  uint32_t unread_count;
  // Whether the receive option was told.
  bool has_receive_option;
  // How messages are received, in the host's numbers.
  uint32_t receive_option;
  // Whether the newest message was told.
  bool has_last_message;
  // The time of the newest message, in milliseconds since the Unix epoch, UTC.
  int64_t last_message_time;
  // The newest message, as the host gave it.
  struct drafts_bytes last_message;
  // The host's own bytes.
  struct drafts_bytes custom_data;
} drafts_conversation;

// Hears a conversation; NULL if it is not known, or if there is an error.
typedef void (*drafts_on_conversation)(void *user,
                                       const struct drafts_conversation *conversation,
                                       const struct drafts_error *error);

// Something was committed. Only the library makes one; later versions may add fields at the end.
typedef struct drafts_event {
  // What happened.
  drafts_event_kind kind;
  // The store's sequence it shows. A page whose sequence is not below it includes the change.
  uint64_t sequence;
  // The conversation after the change; NULL for `RESYNC`.
  const struct drafts_conversation *conversation;
  // Whether the change was made by this handle, and not by another process.
  bool is_own;
} drafts_event;

// Hears of events, in commit order, after the change is durable; one for each change and none for what changes nothing.
typedef void (*drafts_on_event)(void *user, const struct drafts_event *event);

// Runs replies where the host wants its callbacks: keeps the reply, and soon calls `drafts_reply_run` once, on the thread
// of its choice, in the order of these calls.
typedef void (*drafts_execute)(void *user, struct drafts_reply *reply);

// Hears what a call of the session came to: 0, or one of the SDK's codes and a sentence for the developer, without any
// draft's text. It, and all else a callback is given, is gone when the callback returns.
typedef void (*drafts_session_on_done)(void *user, int32_t code, struct drafts_text sentence);

// Conversations, highest order key first. Only the library makes one; later versions may add fields at the end.
typedef struct drafts_session_list {
  // `count` conversations.
  const struct drafts_conversation *const *conversations;
  // How many.
  size_t count;
  // What to ask for next; 0 at the end.
  uint64_t next_seq;
  // Whether this is the end of the list.
  bool is_finished;
} drafts_session_list;

// Hears conversations; `list` is NULL if `code` is not 0.
typedef void (*drafts_session_on_list)(void *user,
                                       int32_t code,
                                       struct drafts_text sentence,
                                       const struct drafts_session_list *list);

// What became of one conversation that was to be deleted.
typedef struct drafts_session_deleted {
  // The id as it was given.
  struct drafts_text id;
  // 0, or one of the SDK's codes.
  int32_t code;
  // What went wrong.
  struct drafts_text sentence;
} drafts_session_deleted;

// Hears what became of each conversation that was to be deleted; none if `code` is not 0.
typedef void (*drafts_session_on_deleted)(void *user,
                                          int32_t code,
                                          struct drafts_text sentence,
                                          const struct drafts_session_deleted *deleted,
                                          size_t count);

// Hears a number; 0 if `code` is not 0.
typedef void (*drafts_session_on_number)(void *user, int32_t code, struct drafts_text sentence, uint64_t number);

// Hears of conversations; `conversation` is NULL for `SYNC_START` and `SYNC_FINISH`. Later versions may tell of more:
// pass over what you do not know.
typedef void (*drafts_session_on_event)(void *user,
                                        drafts_session_event event,
                                        const struct drafts_conversation *conversation);

// Hears of a composer that is the host's from now on, to be freed by `drafts_session_composer_free`; NULL if `code` is not 0.
typedef void (*drafts_session_on_composer)(void *user,
                                           int32_t code,
                                           struct drafts_text sentence,
                                           struct drafts_session_composer *composer);

// A text that has left its draft to be sent. Only the library makes one. Freeing it without a word keeps the text, for
// `drafts_session_tickets`.
typedef struct drafts_session_ticket {
  // The number of the sending; after a restart the ticket of the same text has the same.
  uint64_t number;
  // The conversation it is of.
  struct drafts_text id;
  // The text to send.
  struct drafts_text text;
} drafts_session_ticket;

// Hears of tickets, each of which is the host's from now on, to be freed by `drafts_session_ticket_free`; one after
// `drafts_session_begin_send`, none if `code` is not 0.
typedef void (*drafts_session_on_tickets)(void *user,
                                          int32_t code,
                                          struct drafts_text sentence,
                                          struct drafts_session_ticket *const *tickets,
                                          size_t count);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The version of this interface. It grows when functions or constants are added; what is there keeps its meaning.
uint32_t drafts_abi_version(void);

// The status of an error; `OK` of NULL.
drafts_status drafts_error_status(const struct drafts_error *error);

// What went wrong, as a sentence for the developer, without any draft's text or id. It lives as long as the error.
struct drafts_text drafts_error_message(const struct drafts_error *error);

// Of a conflict: the draft that is there now, NULL if there is none. It lives as long as the error.
const struct drafts_draft *drafts_error_current(const struct drafts_error *error);

// Of a conflict: the revision of what is there now, or of its absence, the base for another attempt; otherwise 0.
uint64_t drafts_error_current_revision(const struct drafts_error *error);

// Frees an error. NULL is fine.
void drafts_error_free(struct drafts_error *error);

// Opens the store at this address: `sqlite:path`, `redb:path`, or `memory:`. The file is created if there is none; its
// folder is not.
drafts_status drafts_open(struct drafts_text url,
                          struct drafts_store **store,
                          struct drafts_error **error);

// `drafts_open`, answered by a callback.
drafts_status drafts_open_then(struct drafts_text url, drafts_on_open answer, void *user);

// `drafts_open` without creating anything.
drafts_status drafts_open_existing(struct drafts_text url, struct drafts_store **store, struct drafts_error **error);

// `drafts_open_existing`, answered by a callback.
drafts_status drafts_open_existing_then(struct drafts_text url, drafts_on_open answer, void *user);

// Opens the store of one account: each has a file of its own in `folder`, which must exist. `engine` is `sqlite`, `redb`
// or `memory`. No name leads out of the folder and no two names share a file.
drafts_status drafts_open_account(struct drafts_text folder,
                                  struct drafts_text engine,
                                  struct drafts_text name,
                                  struct drafts_store **store,
                                  struct drafts_error **error);

// `drafts_open_account`, answered by a callback.
drafts_status drafts_open_account_then(struct drafts_text folder,
                                       struct drafts_text engine,
                                       struct drafts_text name,
                                       drafts_on_open answer,
                                       void *user);

// Closes the store if it is open, waits until every call on it is answered, and frees the handle. NULL is fine.
//
// Saving goes on as long as the store writes one call after the other, and ends five seconds after the last. What cannot be
// saved is lost: whoever wants to keep it calls `drafts_close` before, and `drafts_unsaved` if that answers `UNSAVED`. A
// call that the store has not answered a second later answers `CLOSED`; where the disk itself hangs, this returns after ten
// more seconds at most. Callbacks are waited for as long as they take.
//
// Inside a callback of this store it cannot wait for the callbacks behind it; they follow.
void drafts_free(struct drafts_store *store);

// Frees a draft that `drafts_get` or `drafts_get_many` gave. NULL is fine.
void drafts_draft_free(struct drafts_draft *draft);

// Sets the text of a draft; an empty or NULL one clears it. The extra stays as it is. It is on the disk when this answers
// `OK`. `outcome` may be NULL.
drafts_status drafts_set(const struct drafts_store *store,
                         struct drafts_text id,
                         struct drafts_text text,
                         struct drafts_outcome *outcome,
                         struct drafts_error **error);

// `drafts_set`, answered by a callback.
drafts_status drafts_set_then(const struct drafts_store *store,
                              struct drafts_text id,
                              struct drafts_text text,
                              drafts_on_outcome answer,
                              void *user);

// Sets a text together with its extra, and if `base` is given only if the draft, or its absence, still has this revision:
// otherwise `CONFLICT`, and the error tells what is there. `outcome` may be NULL.
drafts_status drafts_set_with(const struct drafts_store *store,
                              struct drafts_text id,
                              struct drafts_text text,
                              struct drafts_bytes extra,
                              const uint64_t *base,
                              struct drafts_outcome *outcome,
                              struct drafts_error **error);

// `drafts_set_with`, answered by a callback.
drafts_status drafts_set_with_then(const struct drafts_store *store,
                                   struct drafts_text id,
                                   struct drafts_text text,
                                   struct drafts_bytes extra,
                                   const uint64_t *base,
                                   drafts_on_outcome answer,
                                   void *user);

// Clears a draft, its extra included. Clearing what is not there is fine. `outcome` may be NULL.
drafts_status drafts_clear(const struct drafts_store *store,
                           struct drafts_text id,
                           struct drafts_outcome *outcome,
                           struct drafts_error **error);

// `drafts_clear`, answered by a callback.
drafts_status drafts_clear_then(const struct drafts_store *store,
                                struct drafts_text id,
                                drafts_on_outcome answer,
                                void *user);

// The draft of a conversation; NULL if it has none. Free it by `drafts_draft_free`.
drafts_status drafts_get(const struct drafts_store *store,
                         struct drafts_text id,
                         struct drafts_draft **draft,
                         struct drafts_error **error);

// `drafts_get`, answered by a callback.
drafts_status drafts_get_then(const struct drafts_store *store,
                              struct drafts_text id,
                              drafts_on_draft answer,
                              void *user);

// The drafts of these conversations, all of one moment, in `drafts`, which has room for `count`; NULL where there is none.
// Free each by `drafts_draft_free`.
drafts_status drafts_get_many(const struct drafts_store *store,
                              const struct drafts_text *ids,
                              size_t count,
                              struct drafts_draft **drafts,
                              struct drafts_error **error);

// `drafts_get_many`, answered by a callback.
drafts_status drafts_get_many_then(const struct drafts_store *store,
                                   const struct drafts_text *ids,
                                   size_t count,
                                   drafts_on_drafts answer,
                                   void *user);

// The conversations that have a draft, highest order key first: up to `limit`, behind `after` if it is given. Free the page by
// `drafts_page_free`.
drafts_status drafts_list(const struct drafts_store *store,
                          const struct drafts_cursor *after,
                          size_t limit,
                          struct drafts_page **page,
                          struct drafts_error **error);

// `drafts_list`, answered by a callback.
drafts_status drafts_list_then(const struct drafts_store *store,
                               const struct drafts_cursor *after,
                               size_t limit,
                               drafts_on_page answer,
                               void *user);

// The revision of a draft, or of its absence: the base for `drafts_set_with`. Read it before the text it belongs to.
drafts_status drafts_revision(const struct drafts_store *store,
                              struct drafts_text id,
                              uint64_t *revision,
                              struct drafts_error **error);

// `drafts_revision`, answered by a callback.
drafts_status drafts_revision_then(const struct drafts_store *store,
                                   struct drafts_text id,
                                   drafts_on_revision answer,
                                   void *user);

// Opens the store's files anew, after `drafts_suspend`, and so that writes work again after `POISONED`. What was not saved
// meanwhile is saved then.
drafts_status drafts_resume(const struct drafts_store *store,
                            struct drafts_error **error);

// `drafts_resume`, answered by a callback.
drafts_status drafts_resume_then(const struct drafts_store *store, drafts_on_done answer, void *user);

// Reads everything; `CORRUPT` if anything is damaged.
drafts_status drafts_check(const struct drafts_store *store, struct drafts_error **error);

// `drafts_check`, answered by a callback.
drafts_status drafts_check_then(const struct drafts_store *store, drafts_on_done answer, void *user);

// Closes the store: saves what is typed (`UNSAVED` if that cannot be; the store stays open then), writes what was taken, closes the files, releases every lock. Every later call answers `CLOSED`; closing
// again is fine. The handle is still to be freed.
drafts_status drafts_close(const struct drafts_store *store,
                           struct drafts_error **error);

// `drafts_close`, answered by a callback.
drafts_status drafts_close_then(const struct drafts_store *store, drafts_on_done answer, void *user);

// Copies everything, revisions, order and times included, into the store `target` of any engine, which was never written
// to, and proves that it arrived. The source is only read.
drafts_status drafts_copy(const struct drafts_store *store,
                          const struct drafts_store *target,
                          struct drafts_error **error);

// `drafts_copy`, answered by a callback.
drafts_status drafts_copy_then(const struct drafts_store *store,
                               const struct drafts_store *target,
                               drafts_on_done answer,
                               void *user);

// Opens the input field of a conversation: what was typed there is restored. Free the composer by `drafts_composer_free`.
drafts_status drafts_compose(const struct drafts_store *store,
                             struct drafts_text id,
                             struct drafts_composer **composer,
                             struct drafts_error **error);

// `drafts_compose`, answered by a callback.
drafts_status drafts_compose_then(const struct drafts_store *store,
                                  struct drafts_text id,
                                  drafts_on_composer answer,
                                  void *user);

// The text as it is now, to be freed by `drafts_text_free`; NULL without a composer.
struct drafts_text *drafts_composer_text(const struct drafts_composer *composer);

// The id of the conversation, after a rename the new one, to be freed by `drafts_text_free`; NULL without a composer.
struct drafts_text *drafts_composer_id(const struct drafts_composer *composer);

// Frees a text that `drafts_composer_text` or `drafts_composer_id` gave. NULL is fine.
void drafts_text_free(struct drafts_text *text);

// Takes the text as it is after an edit; an empty or NULL one clears the draft when it is saved. Touches memory only and
// never waits. `TEXT_TOO_LONG`; `CLOSED` once the store is closed.
drafts_status drafts_composer_set_text(const struct drafts_composer *composer,
                                       struct drafts_text text,
                                       struct drafts_error **error);

// `drafts_composer_set_text`; the callback comes when that text, or a newer one of the conversation, is on the disk, or says
// why not. The text is taken before this returns.
drafts_status drafts_composer_set_text_then(const struct drafts_composer *composer,
                                            struct drafts_text text,
                                            drafts_on_done answer,
                                            void *user);

// Saves the text. `CONFLICT` if somebody else has changed the draft.
drafts_status drafts_composer_flush(const struct drafts_composer *composer, struct drafts_error **error);

// `drafts_composer_flush`, answered by a callback.
drafts_status drafts_composer_flush_then(const struct drafts_composer *composer, drafts_on_done answer, void *user);

// Takes the text out of the draft, to be sent: `drafts_begin_send` of the composer's conversation.
drafts_status drafts_composer_begin_send(const struct drafts_composer *composer,
                                         struct drafts_ticket **ticket,
                                         struct drafts_error **error);

// `drafts_composer_begin_send`, answered by a callback.
drafts_status drafts_composer_begin_send_then(const struct drafts_composer *composer,
                                              drafts_on_ticket answer,
                                              void *user);

// Whether somebody else has changed the draft, so that the text cannot be saved over it. `stored` is then what they have
// stored, to be freed by `drafts_draft_free`; NULL if they have cleared it. It may be NULL.
bool drafts_composer_conflict(const struct drafts_composer *composer,
                              struct drafts_draft **stored);

// Ends a conflict by this choice, a `drafts_keep`; says whether there was one. `drafts_composer_text` is what is kept.
bool drafts_composer_resolve(const struct drafts_composer *composer,
                             int32_t choice);

// Leaves the conversation: what is not saved is saved behind, and in a conflict both texts are kept. NULL is fine.
void drafts_composer_free(struct drafts_composer *composer);

// Takes the text of a conversation out of its draft, to be sent: what was typed last, saved or not. One commit; a save based
// on what was before is refused from then on, so a sent text never comes back. `NOTHING_TO_SEND` if there is none;
// `CONFLICT` if somebody else has stored another text than the one typed here. Free the ticket by `drafts_ticket_free`.
drafts_status drafts_begin_send(const struct drafts_store *store,
                                struct drafts_text id,
                                struct drafts_ticket **ticket,
                                struct drafts_error **error);

// `drafts_begin_send`, answered by a callback.
drafts_status drafts_begin_send_then(const struct drafts_store *store,
                                     struct drafts_text id,
                                     drafts_on_ticket answer,
                                     void *user);

// The texts of which nobody has said what became of them, also before a restart, in the order in which their sending began.
// Free the list by `drafts_ticket_list_free`.
drafts_status drafts_tickets(const struct drafts_store *store,
                             struct drafts_ticket_list **tickets,
                             struct drafts_error **error);

// `drafts_tickets`, answered by a callback.
drafts_status drafts_tickets_then(const struct drafts_store *store, drafts_on_tickets answer, void *user);

// How many tickets there are.
size_t drafts_ticket_list_count(const struct drafts_ticket_list *tickets);

// A ticket of a list, counted from 0; NULL behind the last. It lives as long as the list and is not freed by itself.
const struct drafts_ticket *drafts_ticket_list_get(const struct drafts_ticket_list *tickets, size_t index);

// Frees a list and its tickets. NULL is fine.
void drafts_ticket_list_free(struct drafts_ticket_list *tickets);

// Deletes the text of a message that was sent, in one commit. `DRAFTS_STATUS_NOT_PENDING` if it is not being sent any more.
// The ticket is still to be freed.
// `outcome` may be NULL.
drafts_status drafts_ticket_confirm(const struct drafts_ticket *ticket,
                                    struct drafts_outcome *outcome,
                                    struct drafts_error **error);

// `drafts_ticket_confirm`, answered by a callback.
drafts_status drafts_ticket_confirm_then(const struct drafts_ticket *ticket, drafts_on_outcome answer, void *user);

// Makes a text that was not sent the draft again, in front of what was typed since, a newline between them. A composer shows
// it when this returns. `DRAFTS_STATUS_NOT_PENDING` if it is not being sent any more. `outcome` may be NULL.
drafts_status drafts_ticket_abort(const struct drafts_ticket *ticket,
                                  struct drafts_outcome *outcome,
                                  struct drafts_error **error);

// `drafts_ticket_abort`, answered by a callback.
drafts_status drafts_ticket_abort_then(const struct drafts_ticket *ticket, drafts_on_outcome answer, void *user);

// Frees a ticket that `drafts_begin_send` or a composer gave. NULL is fine.
void drafts_ticket_free(struct drafts_ticket *ticket);

// Saves every text that is not saved yet. `UNSAVED` if one cannot be saved: it stays in memory, and saving is tried again.
drafts_status drafts_flush(const struct drafts_store *store,
                           struct drafts_error **error);

// `drafts_flush`, answered by a callback.
drafts_status drafts_flush_then(const struct drafts_store *store, drafts_on_done answer, void *user);

// `drafts_flush` for no longer than so many milliseconds: for the moment in which a system tells an app that it goes to the
// background. If the time was not enough it answers `UNSAVED`, and saving goes on. Also inside a callback.
drafts_status drafts_flush_within(const struct drafts_store *store,
                                  uint64_t millis,
                                  struct drafts_error **error);

// Saves what is typed, closes the files and releases every lock, until `drafts_resume`. Until then all that needs the store
// answers `SUSPENDED`; composers go on in memory. `UNSAVED` if a text could not be saved; the files are closed all the same.
drafts_status drafts_suspend(const struct drafts_store *store,
                             struct drafts_error **error);

// `drafts_suspend`, answered by a callback.
drafts_status drafts_suspend_then(const struct drafts_store *store, drafts_on_done answer, void *user);

// Brings back the draft that was cleared last in this conversation. `CONFLICT` if it has a text by now; without anything to
// bring back nothing changes. `outcome` may be NULL.
drafts_status drafts_undo_clear(const struct drafts_store *store,
                                struct drafts_text id,
                                struct drafts_outcome *outcome,
                                struct drafts_error **error);

// `drafts_undo_clear`, answered by a callback.
drafts_status drafts_undo_clear_then(const struct drafts_store *store,
                                     struct drafts_text id,
                                     drafts_on_outcome answer,
                                     void *user);

// The texts that are not saved, for a host that wants to keep them by other means. Free the list by
// `drafts_unsaved_list_free`; NULL without a store.
struct drafts_unsaved_list *drafts_unsaved(const struct drafts_store *store);

// How many texts there are.
size_t drafts_unsaved_list_count(const struct drafts_unsaved_list *unsaved);

// A text of the list, counted from 0, and whose it is, for as long as the list lives; `false` behind the last.
bool drafts_unsaved_list_get(const struct drafts_unsaved_list *unsaved,
                             size_t index,
                             struct drafts_text *id,
                             struct drafts_text *text);

// Frees a list. NULL is fine.
void drafts_unsaved_list_free(struct drafts_unsaved_list *unsaved);

// Writes what saving has come to; `false` without a store.
bool drafts_get_stats(const struct drafts_store *store, struct drafts_stats *stats);

// Frees a conversation that `drafts_conversation_get` gave. NULL is fine.
void drafts_conversation_free(struct drafts_conversation *conversation);

// How many rows a page has.
size_t drafts_page_count(const struct drafts_page *page);

// A row of a page, counted from 0; NULL behind the last. It lives as long as the page.
const struct drafts_conversation *drafts_page_get(const struct drafts_page *page, size_t index);

// The store's sequence a page shows: events up to it are in the page already.
uint64_t drafts_page_sequence(const struct drafts_page *page);

// Whether the list goes on; then `next` is where, for as long as the page lives.
bool drafts_page_next(const struct drafts_page *page, struct drafts_cursor *next);

// Frees a page. NULL is fine.
void drafts_page_free(struct drafts_page *page);

// A conversation; NULL if it is not known. Free it by `drafts_conversation_free`.
drafts_status drafts_conversation_get(const struct drafts_store *store,
                                      struct drafts_text id,
                                      struct drafts_conversation **conversation,
                                      struct drafts_error **error);

// `drafts_conversation_get`, answered by a callback.
drafts_status drafts_conversation_get_then(const struct drafts_store *store,
                                           struct drafts_text id,
                                           drafts_on_conversation answer,
                                           void *user);

// All conversations that are known, highest order key first, as `drafts_list`.
drafts_status drafts_conversation_list(const struct drafts_store *store,
                                       const struct drafts_cursor *after,
                                       size_t limit,
                                       struct drafts_page **page,
                                       struct drafts_error **error);

// `drafts_conversation_list`, answered by a callback.
drafts_status drafts_conversation_list_then(const struct drafts_store *store,
                                            const struct drafts_cursor *after,
                                            size_t limit,
                                            drafts_on_page answer,
                                            void *user);

// Tells facts of a conversation. The update stays the caller's. `outcome` may be NULL.
drafts_status drafts_conversation_update(const struct drafts_store *store,
                                         struct drafts_text id,
                                         const struct drafts_update *update,
                                         struct drafts_outcome *outcome,
                                         struct drafts_error **error);

// `drafts_conversation_update`, answered by a callback.
drafts_status drafts_conversation_update_then(const struct drafts_store *store,
                                              struct drafts_text id,
                                              const struct drafts_update *update,
                                              drafts_on_outcome answer,
                                              void *user);

// Tells facts of many conversations, all or nothing. For a first import give them in ascending order of last activity.
drafts_status drafts_conversation_update_many(const struct drafts_store *store,
                                              const struct drafts_text *ids,
                                              const struct drafts_update *const *updates,
                                              size_t count,
                                              struct drafts_error **error);

// `drafts_conversation_update_many`, answered by a callback.
drafts_status drafts_conversation_update_many_then(const struct drafts_store *store,
                                                   const struct drafts_text *ids,
                                                   const struct drafts_update *const *updates,
                                                   size_t count,
                                                   drafts_on_done answer,
                                                   void *user);

// Pins a conversation above all that are not, or unpins it. `outcome` may be NULL.
drafts_status drafts_conversation_pin(const struct drafts_store *store,
                                      struct drafts_text id,
                                      bool pinned,
                                      struct drafts_outcome *outcome,
                                      struct drafts_error **error);

// `drafts_conversation_pin`, answered by a callback.
drafts_status drafts_conversation_pin_then(const struct drafts_store *store,
                                           struct drafts_text id,
                                           bool pinned,
                                           drafts_on_outcome answer,
                                           void *user);

// Gives a conversation another id, in one commit. If the new id is known already both are one from then on: its draft
// stands first, then a newline, then the old one's; its facts win. What is not known changes nothing. `outcome` may be NULL.
drafts_status drafts_conversation_rename(const struct drafts_store *store,
                                         struct drafts_text from,
                                         struct drafts_text to,
                                         struct drafts_outcome *outcome,
                                         struct drafts_error **error);

// `drafts_conversation_rename`, answered by a callback.
drafts_status drafts_conversation_rename_then(const struct drafts_store *store,
                                              struct drafts_text from,
                                              struct drafts_text to,
                                              drafts_on_outcome answer,
                                              void *user);

// Forgets a conversation, its draft included. One that is not there is fine. `outcome` may be NULL.
drafts_status drafts_conversation_delete(const struct drafts_store *store,
                                         struct drafts_text id,
                                         struct drafts_outcome *outcome,
                                         struct drafts_error **error);

// `drafts_conversation_delete`, answered by a callback.
drafts_status drafts_conversation_delete_then(const struct drafts_store *store,
                                              struct drafts_text id,
                                              drafts_on_outcome answer,
                                              void *user);

// An update that tells nothing yet. Free it by `drafts_update_free`, also after it was used.
struct drafts_update *drafts_update_new(void);

// Frees an update. NULL is fine.
void drafts_update_free(struct drafts_update *update);

// Tells the name to show; NULL clears it. The text is copied. One that is not UTF-8 is told when the update is used.
void drafts_update_show_name(struct drafts_update *update, struct drafts_text name);

// Tells where the picture is; NULL clears it. As `drafts_update_show_name`.
void drafts_update_avatar_url(struct drafts_update *update, struct drafts_text url);

// Tells how many messages are unread; NULL clears it.
void drafts_update_unread_count(struct drafts_update *update, const uint32_t *count);

// Tells how messages are received, in the host's numbers; NULL clears it.
void drafts_update_receive_option(struct drafts_update *update, const uint32_t *option);

// Tells the newest message: its time, in milliseconds since the Unix epoch, UTC, and its content in whatever form the
// host keeps it; NULL clears it. One that is newer than the stored one moves the conversation up the list.
void drafts_update_last_message(struct drafts_update *update, int64_t time, struct drafts_bytes body);

// Tells the host's own bytes; NULL clears them.
void drafts_update_custom_data(struct drafts_update *update, struct drafts_bytes data);

// Calls `on_event` for all that is committed from now on, until the subscription is freed or the store is closed. What
// was committed just before may still be told.
drafts_status drafts_subscribe(const struct drafts_store *store,
                               drafts_on_event on_event,
                               void *user,
                               struct drafts_subscription **subscription,
                               struct drafts_error **error);

// Ends a subscription: when this returns its callback is not called any more, unless this is called inside it. The caller
// must hold no lock that the callback waits for. NULL is fine.
void drafts_subscription_free(struct drafts_subscription *subscription);

// A session that is not initialised yet. Free it by `drafts_session_free`.
struct drafts_session *drafts_session_new(void);

// Does what `drafts_session_uninit` does, as long as it takes, and frees the session. NULL is fine.
void drafts_session_free(struct drafts_session *session);

// Makes the session usable: for the app of this number, with the accounts in this directory, each in a file of its own
// made by `engine` (`sqlite` if it is NULL, `redb`, `memory`). Callbacks run by `execute` if it is given; `user` must
// live until `drafts_session_uninit` has returned and every reply was run.
//
// `false` about a configuration that cannot work, or about another one while the session is initialised. While an uninit
// or, for another configuration, a logout is under way it waits for the files to be closed, five seconds at most, and not
// for the answer; inside a callback it does not wait.
bool drafts_session_init(const struct drafts_session *session,
                         uint32_t app,
                         struct drafts_text directory,
                         struct drafts_text engine,
                         drafts_execute execute,
                         void *user);

// `drafts_session_uninit_within` as long as the store writes one call after the other, and five seconds when it does not.
// What could not be saved is lost.
void drafts_session_uninit(const struct drafts_session *session);

// Logs out, waits until every call is answered and what was accepted is on the disk, and ends the session's thread. Gives
// the texts that could not be saved, to be freed by `drafts_unsaved_list_free`; NULL if there are none. A text cannot be
// saved if the disk is full, if somebody else has changed the draft and nobody has resolved that, if the session is
// suspended, or if the time was not enough. The files are closed all the same, and nothing else keeps these texts.
//
// Saving is tried once and takes no longer than so many milliseconds. A call that the store has not answered a second later
// answers 6019; where the disk itself hangs, this returns after ten more seconds at most. Callbacks are waited for as long
// as they take.
//
// Inside a callback it cannot wait for the callbacks behind it: it waits for the disk, and they follow. With an executor
// it waits until the executor has them.
struct drafts_unsaved_list *drafts_session_uninit_within(const struct drafts_session *session,
                                                         uint64_t millis);

// Waits until what was accepted is on the disk, as long as `drafts_session_uninit`, and accepts nothing more, whatever
// callbacks do meanwhile: for the end of a process, when one of them may never return.
void drafts_session_save(const struct drafts_session *session);

// Opens the drafts of this user.
void drafts_session_login(const struct drafts_session *session,
                          struct drafts_text user_id,
                          drafts_session_on_done answer,
                          void *user);

// Closes the drafts of the user. They stay on the disk.
void drafts_session_logout(const struct drafts_session *session, drafts_session_on_done answer, void *user);

// Whether a user is logged in: 1 in, 2 logging in, 3 out.
int32_t drafts_session_login_status(const struct drafts_session *session);

// Writes the id of the user who is logged in to `buffer`, as much as there is room for, and says how many bytes it has: 32
// at most, 0 if nobody is logged in.
size_t drafts_session_login_user(const struct drafts_session *session,
                                 char *buffer,
                                 size_t size);

// Sets the draft of a conversation; an empty or NULL text clears it. It is on the disk when the answer is 0.
void drafts_session_set_draft(const struct drafts_session *session,
                              struct drafts_text id,
                              struct drafts_text text,
                              drafts_session_on_done answer,
                              void *user);

// Conversations by their ids, in this order; one that is not known is an empty one of its id.
void drafts_session_get_conversations(const struct drafts_session *session,
                                      const struct drafts_text *ids,
                                      size_t count,
                                      drafts_session_on_list answer,
                                      void *user);

// A page of up to `count` conversations from `next_seq` on; 0 is the beginning. `kind` 1 is chats with one user, 2 is
// groups, any other is all; `only_unread` leaves out those without unread messages.
void drafts_session_list_conversations(const struct drafts_session *session,
                                       int32_t kind,
                                       bool only_unread,
                                       uint64_t next_seq,
                                       int64_t count,
                                       drafts_session_on_list answer,
                                       void *user);

// Pins a conversation above all that are not, or unpins it.
void drafts_session_pin(const struct drafts_session *session,
                        struct drafts_text id,
                        bool pinned,
                        drafts_session_on_done answer,
                        void *user);

// Gives a conversation another id: listeners hear that the old one was deleted and the new one has changed.
void drafts_session_rename(const struct drafts_session *session,
                           struct drafts_text from,
                           struct drafts_text to,
                           drafts_session_on_done answer,
                           void *user);

// Forgets a conversation, its draft included.
void drafts_session_delete(const struct drafts_session *session,
                           struct drafts_text id,
                           drafts_session_on_done answer,
                           void *user);

// Forgets these conversations, each by itself.
void drafts_session_delete_many(const struct drafts_session *session,
                                const struct drafts_text *ids,
                                size_t count,
                                drafts_session_on_deleted answer,
                                void *user);

// Tells what the host knows of a conversation. The update stays the caller's.
void drafts_session_update(const struct drafts_session *session,
                           struct drafts_text id,
                           const struct drafts_update *update,
                           drafts_session_on_done answer,
                           void *user);

// How many messages are unread, over all conversations.
void drafts_session_total_unread(const struct drafts_session *session, drafts_session_on_number answer, void *user);

// Adds a listener under a key of the host's; a key that is there already changes nothing. It stays over logout.
void drafts_session_add_listener(const struct drafts_session *session,
                                 uint64_t key,
                                 drafts_session_on_event on_event,
                                 void *user);

// Takes a listener away: when this returns it is not called any more, unless this is called inside it. The caller must
// hold no lock that the listener waits for.
void drafts_session_remove_listener(const struct drafts_session *session,
                                    uint64_t key);

// Calls the callback that this reply is for, and frees the reply. NULL is fine.
void drafts_reply_run(struct drafts_reply *reply);

// Opens the input field of a conversation: what was typed there is restored.
void drafts_session_compose(const struct drafts_session *session,
                            struct drafts_text id,
                            drafts_session_on_composer answer,
                            void *user);

// The text as it is now, to be freed by `drafts_text_free`; NULL without a composer.
struct drafts_text *drafts_session_composer_text(const struct drafts_session_composer *composer);

// The id of the conversation, after a rename the new one, to be freed by `drafts_text_free`; NULL without a composer.
struct drafts_text *drafts_session_composer_id(const struct drafts_session_composer *composer);

// Takes the text as it is after an edit; an empty or NULL one clears the draft when it is saved. Touches memory only and
// never waits. 0, or 6017 about the text, or 6014 once the user is logged out.
int32_t drafts_session_composer_set_text(const struct drafts_session_composer *composer,
                                         struct drafts_text text);

// `drafts_session_composer_set_text`; the answer comes when that text, or a newer one, is on the disk, or says why not.
void drafts_session_composer_set_text_then(const struct drafts_session_composer *composer,
                                           struct drafts_text text,
                                           drafts_session_on_done answer,
                                           void *user);

// Saves the text.
void drafts_session_composer_flush(const struct drafts_session_composer *composer,
                                   drafts_session_on_done answer,
                                   void *user);

// Takes the text out of the draft, to be sent.
void drafts_session_composer_begin_send(const struct drafts_session_composer *composer,
                                        drafts_session_on_tickets answer,
                                        void *user);

// Whether somebody else has changed the draft, so that the text cannot be saved over it. `stored` is then what they have
// stored, to be freed by `drafts_draft_free`; NULL if they have cleared it. It may be NULL.
bool drafts_session_composer_conflict(const struct drafts_session_composer *composer,
                                      struct drafts_draft **stored);

// Ends a conflict by this choice, a `drafts_keep`; says whether there was one.
bool drafts_session_composer_resolve(const struct drafts_session_composer *composer, int32_t choice);

// Leaves the conversation: what is not saved is saved behind. NULL is fine.
void drafts_session_composer_free(struct drafts_session_composer *composer);

// Takes the text of a conversation out of its draft, to be sent: what was typed last, saved or not.
void drafts_session_begin_send(const struct drafts_session *session,
                               struct drafts_text id,
                               drafts_session_on_tickets answer,
                               void *user);

// The texts of which nobody has said what became of them, also before a restart, in the order their sending began.
void drafts_session_tickets(const struct drafts_session *session, drafts_session_on_tickets answer, void *user);

// Deletes the text of a message that was sent. 6017 if it is not being sent any more. The ticket is still to be freed.
void drafts_session_ticket_confirm(const struct drafts_session_ticket *ticket,
                                   drafts_session_on_done answer,
                                   void *user);

// Puts a text that was not sent in front of what was typed since, a newline between them. 6017 if it is not being sent any
// more.
void drafts_session_ticket_abort(const struct drafts_session_ticket *ticket,
                                 drafts_session_on_done answer,
                                 void *user);

// Frees a ticket. NULL is fine.
void drafts_session_ticket_free(struct drafts_session_ticket *ticket);

// Saves everything that is typed.
void drafts_session_flush(const struct drafts_session *session, drafts_session_on_done answer, void *user);

// Saves everything that is typed, on this thread, for no longer than so many milliseconds; also inside a callback. 0, or the
// code of what went wrong, 6019 if the time was not enough; saving goes on then.
int32_t drafts_session_flush_within(const struct drafts_session *session,
                                    uint64_t millis);

// Saves what is typed, closes the files and releases every lock, until `drafts_session_resume`. Composers go on in memory.
void drafts_session_suspend(const struct drafts_session *session,
                            drafts_session_on_done answer,
                            void *user);

// Opens the files again and saves what was typed meanwhile. Also after a write that failed.
void drafts_session_resume(const struct drafts_session *session, drafts_session_on_done answer, void *user);

// Brings back the draft that was cleared last in this conversation, if it has none by now.
void drafts_session_undo_clear(const struct drafts_session *session,
                               struct drafts_text id,
                               drafts_session_on_done answer,
                               void *user);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/* A text of a C string; NULL is no text. */
static inline drafts_text drafts_text_of(const char *string) {
  drafts_text text;
  text.data = string;
  text.len = string ? strlen(string) : 0;
  return text;
}

#endif  /* CHAT_DRAFTS_H */
