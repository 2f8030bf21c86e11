//! Typing, by the system's clock and the library's own threads: nothing is lost between them, whoever is woken when.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::mpsc;
use std::time::Duration;

use chat_drafts::{Composer, ConversationId, DraftStore, Drafts, MemoryStore, Receipt, RedbStore, SqliteStore};
use chat_drafts_testkit::{FileSandbox, random_typing};
use pollster::block_on;

/// A wake-up that is lost shows as a save that never comes: longer than any disk takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn chat(number: usize) -> ConversationId {
    ConversationId::user(number.to_string()).unwrap()
}

/// Saves after 1 ms of quiet, so that there are many saves, and many moments at which nothing is due.
fn hasty(store: impl DraftStore) -> Drafts {
    Drafts::builder(store).autosave(Duration::from_millis(1), Duration::from_millis(3)).build().unwrap()
}

/// That it is saved, by nothing but its timer.
#[track_caller]
fn must_be_saved(receipt: Receipt) {
    let (sender, saved) = mpsc::channel();
    std::thread::spawn(move || sender.send(receipt.saved_blocking()));
    saved.recv_timeout(PATIENCE).expect("nobody has saved it").unwrap();
}

/// What one person does in one conversation: typing with pauses of all lengths, sending, taking back, leaving.
fn type_in(drafts: &Drafts, number: usize, seed: u64) {
    let mut random = seed;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let id = chat(number);
    let mut composer: Composer = block_on(drafts.compose(&id)).unwrap();
    for step in 0..150 {
        let text = format!("{number}: {step}");
        let receipt = composer.set_text(text.as_str()).unwrap();
        assert_eq!(drafts.blocking().get(&id).unwrap().unwrap().text(), text, "it is seen at once");
        match next(12) {
            0 => must_be_saved(receipt),
            1 => {
                let ticket = block_on(composer.begin_send()).unwrap();
                assert_eq!((ticket.text(), composer.text().as_str()), (text.as_str(), ""));
                let ended = match next(2) {
                    0 => block_on(ticket.confirm()),
                    _ => block_on(ticket.abort()),
                };
                assert!(ended.unwrap().is_changed());
            }
            2 => {
                drop(composer);
                composer = block_on(drafts.compose(&id)).unwrap();
                assert_eq!(composer.text(), text);
            }
            3 => drop(drafts.blocking().set(&id, format!("{number}: set {step}")).unwrap()),
            4 => block_on(composer.flush()).unwrap(),
            _ => std::thread::sleep(Duration::from_micros(next(4_000))),
        }
        assert_eq!(composer.conflict(), None, "nobody else writes");
    }
    must_be_saved(composer.set_text(format!("{number}: the end")).unwrap());
}

fn nothing_is_lost_between_threads(store: impl DraftStore) {
    let drafts = hasty(store);
    std::thread::scope(|scope| {
        for number in 0..6 {
            let drafts = &drafts;
            scope.spawn(move || type_in(drafts, number, number as u64));
        }
    });
    assert_eq!(drafts.stats().unsaved, 0);
    for number in 0..6 {
        let row = drafts.blocking().conversations().get(&chat(number)).unwrap().unwrap();
        assert_eq!(row.draft_text(), format!("{number}: the end"));
    }
}

#[test]
fn nothing_is_lost_between_threads_with_memory() {
    for _ in 0..5 {
        nothing_is_lost_between_threads(MemoryStore::new());
    }
}

#[test]
fn nothing_is_lost_between_threads_with_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    nothing_is_lost_between_threads(SqliteStore::open(folder.path().join("alice.db")).unwrap());
}

#[test]
fn nothing_is_lost_between_threads_with_redb() {
    let folder = tempfile::tempdir().unwrap();
    nothing_is_lost_between_threads(RedbStore::open(folder.path().join("alice.redb")).unwrap());
}

/// A timer that fires while a text is being taken to be sent finds nothing to save; what is typed next wakes it again.
#[test]
fn what_is_typed_after_sending_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("alice.db")).unwrap();
    let drafts = Drafts::builder(store).autosave(Duration::ZERO, Duration::ZERO).build().unwrap();
    let composer = block_on(drafts.compose(&chat(1))).unwrap();
    for number in 0..100 {
        composer.set_text(format!("{number}: sent")).unwrap();
        let ticket = block_on(composer.begin_send()).unwrap();
        assert!(block_on(ticket.confirm()).unwrap().is_changed());
        must_be_saved(composer.set_text(format!("{number}: next")).unwrap());
    }
}

/// The thread that saves ends when it has been idle; the next edit is saved all the same.
#[test]
fn an_edit_after_a_long_time_is_saved() {
    let drafts = hasty(MemoryStore::new());
    let composer = drafts.blocking().compose(&chat(1)).unwrap();
    must_be_saved(composer.set_text("one").unwrap());
    std::thread::sleep(Duration::from_millis(5_200));
    must_be_saved(composer.set_text("two").unwrap());
    assert_eq!(drafts.stats().wakes, 2, "once for each");
}

#[test]
fn random_typing_with_sqlite() {
    random_typing(60, || Box::new(FileSandbox::new("alice.db", |path| SqliteStore::open(path))));
}

#[test]
fn random_typing_with_redb() {
    random_typing(60, || Box::new(FileSandbox::new("alice.redb", |path| RedbStore::open(path))));
}
