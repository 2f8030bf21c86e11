//! Data moves between engines: every ordered pair, and nothing is lost on the way.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use chat_drafts::{
    ConversationId, ConversationUpdate, DraftInput, DraftStore, Drafts, Error, LastMessage, MemoryStore, Query,
    RedbStore, SqliteStore, copy, digest,
};
use pollster::block_on;

const ENGINES: [&str; 3] = ["memory", "sqlite", "redb"];

fn store(engine: &str, path: &Path) -> Arc<dyn DraftStore> {
    match engine {
        "memory" => Arc::new(MemoryStore::new()),
        "sqlite" => Arc::new(SqliteStore::open(path).unwrap()),
        _ => Arc::new(RedbStore::open(path).unwrap()),
    }
}

fn user(name: impl ToString) -> ConversationId {
    ConversationId::user(name.to_string()).unwrap()
}

fn fill(store: Arc<dyn DraftStore>) {
    let drafts = Drafts::new(store).unwrap().blocking();
    let chats = drafts.conversations();
    for number in 0..30 {
        drafts.set(&user(number), format!("text {number}\0\n\u{202e}😀")).unwrap();
    }
    drafts.set_with(&user(3), DraftInput::new("with").extra([0, 255])).unwrap();
    chats.pin(&user(5), true).unwrap();
    chats.update(&user(6), ConversationUpdate::new().show_name("Six").unread_count(0)).unwrap();
    let message = LastMessage::new(-1, [9, 9]);
    chats.update(&user("facts"), ConversationUpdate::new().last_message(message).custom_data(vec![])).unwrap();
    drafts.clear(&user(7)).unwrap();
    drafts.clear(&user(6)).unwrap();
    chats.delete(&user(8)).unwrap();
}

#[test]
fn every_pair() {
    let folder = tempfile::tempdir().unwrap();
    for from in ENGINES {
        let source = store(from, &folder.path().join(format!("source.{from}")));
        fill(Arc::clone(&source));
        let before = block_on(digest(&source)).unwrap();
        for to in ENGINES {
            let target = store(to, &folder.path().join(format!("{from}.{to}")));
            let copied = block_on(copy(&source, &target)).unwrap();
            assert_eq!(copied.conversations, 29, "27 drafts, two with facts alone");
            assert_eq!((copied.digest, block_on(digest(&target)).unwrap()), (before, before), "{from} to {to}");
            let everything = |store: &dyn DraftStore| {
                let query = Query::all().of(chat_drafts::store::Scope::Conversations);
                block_on(store.list(&query)).unwrap()
            };
            assert!(everything(&source) == everything(&target), "{from} to {to}: sequence, rows or order differ");
            assert!(matches!(block_on(copy(&source, &target)), Err(Error::NotEmpty)));
        }
        assert_eq!(block_on(digest(&source)).unwrap(), before, "the source is only read");
    }
}

#[test]
fn what_was_known_of_the_source_does_not_overwrite_the_target() {
    let source = Arc::new(MemoryStore::new());
    fill(source.clone());
    let known = {
        let drafts = Drafts::new(source.clone()).unwrap().blocking();
        (drafts.revision(&user(7)).unwrap(), drafts.revision(&user(3)).unwrap())
    };
    let target = MemoryStore::new();
    block_on(copy(&source, &target)).unwrap();
    let drafts = Drafts::new(target).unwrap().blocking();
    let cleared = drafts.set_with(&user(7), DraftInput::new("late").based_on(known.0));
    assert!(matches!(cleared, Err(Error::Conflict { .. })), "its remains were not copied");
    drafts.set_with(&user(3), DraftInput::new("next").based_on(known.1)).unwrap();
    drafts.set(&user(7), "new").unwrap();
}
