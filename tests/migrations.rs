//! Files of every released schema open for ever.
//!
//! The fixtures are made by `CHAT_DRAFTS_WRITE_FIXTURES=1 cargo test --test migrations`, once for each new schema; those
//! of a released one are never made again.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use chat_drafts::{
    Clock, ConversationId, ConversationUpdate, DraftInput, DraftStore, Drafts, LastMessage, Query, RedbStore,
    SqliteStore, digest,
};
use pollster::block_on;

/// What [`fill`] leaves, as a number: the same for every engine.
const DIGEST: u64 = 12_043_425_385_886_425_477;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> i64 {
        1_700_000_000_123
    }
}

fn fixture(engine: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/schema-1.{engine}"))
}

fn id(name: &str) -> ConversationId {
    ConversationId::new(name).unwrap()
}

fn fill(store: impl DraftStore) {
    let drafts = Drafts::builder(store).clock(Fixed).build().unwrap().blocking();
    let chats = drafts.conversations();
    let message = LastMessage::new(1_600_000_000_000, "See you");
    let facts = ConversationUpdate::new()
        .show_name("Bob")
        .avatar_url("https://example.org/bob.png")
        .unread_count(3)
        .receive_option(1)
        .last_message(message)
        .custom_data(vec![0, 1, 255]);
    chats.update(&id("c2c_bob"), facts).unwrap();
    drafts.set_with(&id("c2c_bob"), DraftInput::new("I'll be there at\0\n\u{202e}😀").extra([7, 0])).unwrap();
    drafts.set(&id("group_team"), "Lunch at one?").unwrap();
    chats.pin(&id("group_team"), true).unwrap();
    chats.pin(&id("!room:example.org"), true).unwrap();
    drafts.set(&id("c2c_eve"), "gone").unwrap();
    drafts.clear(&id("c2c_eve")).unwrap();
    drafts.close().unwrap();
}

fn write_fixtures() {
    for engine in ["sqlite", "redb"] {
        let path = fixture(engine);
        assert!(!path.exists(), "a released fixture is never made again");
        match engine {
            "sqlite" => fill(SqliteStore::open(&path).unwrap()),
            _ => fill(RedbStore::open(&path).unwrap()),
        }
    }
}

fn opens(store: impl DraftStore) {
    let drafts = Drafts::new(store).unwrap();
    assert_eq!(block_on(digest(drafts.store())).unwrap(), DIGEST);
    let blocking = drafts.blocking();
    blocking.check().unwrap();

    let page = blocking.conversations().list(Query::all()).unwrap();
    let names: Vec<_> = page.items.iter().map(|row| row.id().as_str()).collect();
    assert_eq!(names, ["!room:example.org", "group_team", "c2c_bob"]);
    assert_eq!(page.sequence, 7);
    let bob = &page.items[2];
    let draft = bob.draft().unwrap();
    assert_eq!((draft.text(), draft.extra()), ("I'll be there at\0\n\u{202e}😀", &[7, 0][..]));
    assert_eq!((draft.revision().get(), draft.updated_at()), (2, 1_700_000_000_123));
    assert_eq!(bob.facts().show_name.as_deref(), Some("Bob"));
    assert_eq!(bob.facts().last_message, Some(LastMessage::new(1_600_000_000_000, "See you")));

    // And it can be written.
    assert_eq!(blocking.set(&id("c2c_eve"), "new").unwrap().revision().get(), 8);
    blocking.close().unwrap();
}

#[test]
fn schema_1_opens() {
    if std::env::var_os("CHAT_DRAFTS_WRITE_FIXTURES").is_some() {
        write_fixtures();
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = |engine: &str| {
        let path = folder.path().join(engine);
        fs::copy(fixture(engine), &path).unwrap();
        path
    };
    opens(SqliteStore::builder(copy("sqlite")).create(false).open().unwrap());
    opens(RedbStore::builder(copy("redb")).create(false).open().unwrap());
}
