//! The size of the file.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

use chat_drafts_core::{ConversationId, Drafts};
use chat_drafts_store_redb::RedbStore;

const MIB: u64 = 1024 * 1024;

#[test]
fn it_does_not_grow_by_typing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let drafts = Drafts::new(RedbStore::open(&path).unwrap()).unwrap().blocking();
    let bob = ConversationId::user("bob").unwrap();
    for round in 0..3000 {
        drafts.set(&bob, format!("{round} {}", "x".repeat(200))).unwrap();
        // A reader in between must not keep an old view.
        assert!(drafts.get(&bob).unwrap().unwrap().text().starts_with(&round.to_string()));
    }
    let length = fs::metadata(&path).unwrap().len();
    assert!(length < 2 * MIB, "{length} bytes");
}
