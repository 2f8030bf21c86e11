//! The size of the file.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

use chat_drafts_core::store::{DraftStore, Task};
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

#[test]
fn compacting_gives_room_back_and_keeps_the_store_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let drafts = Drafts::new(RedbStore::open(&path).unwrap()).unwrap();
    let id = |number: usize| ConversationId::user(number.to_string()).unwrap();
    let blocking = drafts.blocking();
    for number in 0..40 {
        blocking.set(&id(number), "x".repeat(512 * 1024)).unwrap();
    }
    for number in 1..40 {
        blocking.clear(&id(number)).unwrap();
    }
    let before = fs::metadata(&path).unwrap().len();
    let compact = || wait(drafts.store().maintain(Task::Compact));
    compact();
    let after = fs::metadata(&path).unwrap().len();
    assert!(before > 10 * MIB && after < 4 * MIB, "{before} to {after} bytes");
    assert_eq!(blocking.get(&id(0)).unwrap().unwrap().text().len(), 512 * 1024);
    blocking.set(&id(1), "on").unwrap();
    compact();
    blocking.check().unwrap();
    blocking.set(&id(2), "on").unwrap();
    assert_eq!(blocking.get(&id(1)).unwrap().unwrap().text(), "on");
    let _: &dyn DraftStore = drafts.store();
}

/// Waits for a future without an executor: asks again until it is done.
fn wait(future: impl Future<Output = chat_drafts_core::Result<()>>) {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(done) => return done.unwrap(),
            std::task::Poll::Pending => std::thread::yield_now(),
        }
    }
}
