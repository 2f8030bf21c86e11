//! Opening reads no conversations: what it reads does not grow with them.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::{Mutex, PoisonError};

use chat_drafts::{ConversationId, ConversationUpdate, open, open_existing};
use pollster::block_on;

/// The system counts for the process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// The bytes this process has asked files for so far.
fn bytes_read() -> u64 {
    let counters = fs::read_to_string("/proc/self/io").unwrap();
    let line = counters.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap();
    line.parse().unwrap()
}

/// What opening a store of so many conversations reads, some of them forgotten since.
fn reads_of_opening(engine: &str, conversations: usize) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{engine}:{}", folder.path().join("store").display());
    let drafts = block_on(open(&url)).unwrap().blocking();
    let facts = |number: usize| {
        let id = ConversationId::user(number.to_string()).unwrap();
        (id, ConversationUpdate::new().show_name("x".repeat(100).as_str()))
    };
    drafts.conversations().update_many((0..conversations).map(facts)).unwrap();
    drafts.conversations().delete(&facts(0).0).unwrap();
    drafts.close().unwrap();
    drop(drafts);

    let before = bytes_read();
    let drafts = block_on(open_existing(&url)).unwrap().blocking();
    let read = bytes_read() - before;
    assert_eq!(drafts.list(chat_drafts::Query::first(0)).unwrap().sequence, conversations as u64 + 1);
    read
}

fn opening_does_not_grow(engine: &str) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (few, many) = (reads_of_opening(engine, 100), reads_of_opening(engine, 20_000));
    // The trees are deeper by a level or two.
    assert!(many < few + 128 * 1024, "{few} bytes for 100 conversations, {many} for 20,000");
}

#[test]
fn opening_does_not_grow_with_sqlite() {
    opening_does_not_grow("sqlite");
}

#[test]
fn opening_does_not_grow_with_redb() {
    opening_does_not_grow("redb");
}
