//! The first page of the docs: what stands on it, and what every type there promises.

#![allow(clippy::unwrap_used)]

use chat_drafts::{
    Blocking, Changes, Composer, Conversation, ConversationId, ConversationUpdate, Cursor, Draft, DraftInput,
    DraftStore, Drafts, DraftsBuilder, Error, Event, MemoryStore, Page, Query, Receipt, RedbStore, SqliteStore, Ticket,
};

/// Every name the facade exports, sorted. One that is added or taken away is a decision: change it here too, and say in
/// CHANGELOG.md what it means for users.
const NAMES: &str = "
    Blocking BlockingConversations Changes Clock Composer Conversation ConversationId ConversationKind
    ConversationUpdate Conversations Copied Cursor Draft DraftInput DraftState DraftStore Drafts DraftsBuilder Error
    Event Facts Keep LastMessage MemoryDisk MemoryStore OrderKey OrderPolicy Origin Outcome Page Query Receipt
    RedbBuilder RedbStore Result Revision SqliteBuilder SqliteStore Stats Synchronous SystemClock Ticket copy digest
    open open_account open_existing store
";

#[test]
fn the_names_are_these() {
    let source = include_str!("../src/lib.rs");
    let mut exported: Vec<&str> = source
        .split("pub use ")
        .skip(1)
        .map(|rest| rest.split(';').next().unwrap())
        .flat_map(|item| item.split_once('{').unwrap().1.trim_end_matches('}').split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    exported.sort_unstable();
    assert_eq!(exported, NAMES.split_whitespace().collect::<Vec<_>>());
    assert!(!source.contains('*') && !source.contains("pub mod"), "every name is written out");
}

#[test]
fn no_database_type_is_public() {
    for source in [
        include_str!("../crates/store-sqlite/src/lib.rs"),
        include_str!("../crates/store-sqlite/src/builder.rs"),
        include_str!("../crates/store-redb/src/lib.rs"),
        include_str!("../crates/store-redb/src/builder.rs"),
    ] {
        for line in source.lines().filter(|line| line.trim_start().starts_with("pub ")) {
            assert!(!line.contains("rusqlite::") && !line.contains("redb::"), "{line}");
        }
    }
}

fn is_shared_between_threads<T: Send + Sync + 'static>() {}
fn moves_between_threads<T: Send + 'static>() {}
fn is_cheap_to_clone<T: Clone>() {}

#[test]
fn everything_crosses_threads() {
    is_shared_between_threads::<Drafts>();
    is_shared_between_threads::<Blocking>();
    is_shared_between_threads::<DraftsBuilder>();
    is_shared_between_threads::<MemoryStore>();
    is_shared_between_threads::<SqliteStore>();
    is_shared_between_threads::<RedbStore>();
    is_shared_between_threads::<Box<dyn DraftStore>>();
    is_shared_between_threads::<(Draft, DraftInput, Conversation, ConversationId, ConversationUpdate)>();
    is_shared_between_threads::<(Error, Event, Page, Cursor, Query)>();
    is_shared_between_threads::<(Composer, Receipt, Ticket)>();
    moves_between_threads::<Changes>();
    is_cheap_to_clone::<(Drafts, ConversationId, Error, Event)>();
}

#[test]
fn every_future_moves_between_threads() {
    fn moves<F: Future + Send>(_: F) {}
    let drafts = Drafts::new(MemoryStore::new()).unwrap();
    let bob = ConversationId::user("bob").unwrap();
    moves(drafts.set(&bob, "x"));
    moves(drafts.get(&bob));
    moves(drafts.list(Query::all()));
    moves(drafts.revision(&bob));
    moves(drafts.conversations().update(&bob, ConversationUpdate::new()));
    moves(drafts.compose(&bob));
    moves(drafts.begin_send(&bob));
    moves(drafts.tickets());
    moves(drafts.undo_clear(&bob));
    moves(drafts.conversations().rename(&bob, &bob));
    moves(drafts.flush());
    moves(drafts.suspend());
    moves(drafts.close());
    moves(chat_drafts::open("memory:"));
    moves(chat_drafts::open_account("folder", "sqlite", "alice"));
    moves(chat_drafts::copy(drafts.store(), drafts.store()));
}
