//! What a call costs in flushes: a count that does not depend on the machine.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chat_drafts::{ConversationId, DraftStore, Drafts, Query, RedbStore, SqliteStore};
use flush_counter::flushes;

/// The counter is the process's: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn user(number: usize) -> ConversationId {
    ConversationId::user(number.to_string()).unwrap()
}

fn sqlite(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder.join("alice.db")).unwrap()
}

fn redb(folder: &Path) -> RedbStore {
    RedbStore::open(folder.join("alice.redb")).unwrap()
}

fn with<S: DraftStore>(open: impl Fn(&Path) -> S, test: impl FnOnce(Drafts)) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    // Nothing is saved by a timer while it is counted.
    let never = Duration::from_secs(3_600);
    test(Drafts::builder(store).autosave(never, never).build().unwrap());
}

fn a_lone_set_is_one_flush(drafts: Drafts) {
    let drafts = drafts.blocking();
    drafts.set(&user(0), "the first").unwrap();
    let before = flushes();
    for number in 0..1000 {
        drafts.set(&user(number % 100), format!("text {number}")).unwrap();
    }
    let flushed = flushes() - before;
    println!("{flushed} flushes for 1000 sets");
    let stats = drafts.stats();
    assert_eq!((stats.transactions, stats.flushes, stats.largest_group), (1001, 1001, 1));
    assert!((1000..=1050).contains(&flushed), "{flushed} flushes for 1000 sets");
}

fn what_writes_nothing_flushes_nothing(drafts: Drafts) {
    let awaited = drafts.clone();
    let drafts = drafts.blocking();
    drafts.set(&user(1), "text").unwrap();
    drafts.conversations().pin(&user(2), true).unwrap();
    let before = flushes();
    for _ in 0..10 {
        drafts.set(&user(1), "text").unwrap();
        pollster::block_on(awaited.set(&user(1), "text")).unwrap();
        drafts.clear(&user(3)).unwrap();
        drafts.conversations().pin(&user(2), true).unwrap();
        drafts.conversations().delete(&user(4)).unwrap();
        drafts.get(&user(1)).unwrap();
        drafts.revision(&user(5)).unwrap();
        drafts.list(Query::all()).unwrap();
        drafts.conversations().list(Query::first(1)).unwrap();
    }
    assert_eq!(flushes() - before, 0);
}

fn tasks_share_flushes(drafts: Drafts) {
    const TASKS: usize = 64;
    const SETS: usize = 50;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let before = flushes();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let drafts = drafts.clone();
                tokio::spawn(async move {
                    for number in 0..SETS {
                        drafts.set(&user(task), format!("text {number}")).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let calls = (TASKS * SETS) as f64 / (flushes() - before) as f64;
    println!("{calls:.1} calls a flush");
    assert!(calls >= 24.0, "{calls:.1} calls a flush");
}

/// Typing flushes nothing; what is due together is one flush; beginning to send and confirming are one each.
fn typing_and_sending_share_flushes(drafts: Drafts) {
    let blocking = drafts.blocking();
    blocking.set(&user(0), "the first").unwrap();
    let composers: Vec<_> = (0..100).map(|number| blocking.compose(&user(number)).unwrap()).collect();
    let before = flushes();
    for key in 0..10 {
        composers.iter().for_each(|composer| drop(composer.set_text(format!("{key} keys")).unwrap()));
    }
    assert_eq!(flushes() - before, 0, "an edit waits for no disk");
    blocking.flush().unwrap();
    assert_eq!(flushes() - before, 1, "a hundred saves share one");

    let before = flushes();
    let tickets: Vec<_> = (0..20).map(|number| blocking.begin_send(&user(number)).unwrap()).collect();
    let begun = flushes() - before;
    // redb flushes once more when its file grows.
    assert!((20..=21).contains(&begun), "to begin is one each, with what is typed: {begun}");
    let before = flushes();
    tickets.iter().for_each(|ticket| assert!(blocking.confirm(ticket).unwrap().is_changed()));
    let confirmed = flushes() - before;
    assert!((20..=21).contains(&confirmed), "and so is to confirm: {confirmed}");
}

#[test]
fn typing_and_sending_share_flushes_with_sqlite() {
    with(sqlite, typing_and_sending_share_flushes);
}

#[test]
fn typing_and_sending_share_flushes_with_redb() {
    with(redb, typing_and_sending_share_flushes);
}

#[test]
fn a_lone_set_is_one_flush_with_sqlite() {
    with(sqlite, a_lone_set_is_one_flush);
}

#[test]
fn a_lone_set_is_one_flush_with_redb() {
    with(redb, a_lone_set_is_one_flush);
}

#[test]
fn what_writes_nothing_flushes_nothing_with_sqlite() {
    with(sqlite, what_writes_nothing_flushes_nothing);
}

#[test]
fn what_writes_nothing_flushes_nothing_with_redb() {
    with(redb, what_writes_nothing_flushes_nothing);
}

#[test]
fn tasks_share_flushes_with_sqlite() {
    with(sqlite, tasks_share_flushes);
}

#[test]
fn tasks_share_flushes_with_redb() {
    with(redb, tasks_share_flushes);
}
