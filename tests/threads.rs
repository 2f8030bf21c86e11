//! Several threads and tasks share one `Drafts`: every text is accounted for.

use chat_drafts::{MemoryStore, RedbStore, SqliteStore};
use chat_drafts_testkit::{FileSandbox, VolatileSandbox, random_threads};

/// Calls for each engine.
const CALLS: u32 = 20_000;

#[test]
fn random_threads_with_memory() {
    random_threads(CALLS, || Box::new(VolatileSandbox::new(MemoryStore::new)));
}

#[test]
fn random_threads_with_sqlite() {
    random_threads(CALLS, || Box::new(FileSandbox::new("alice.db", |path| SqliteStore::open(path))));
}

#[test]
fn random_threads_with_redb() {
    random_threads(CALLS, || Box::new(FileSandbox::new("alice.redb", |path| RedbStore::open(path))));
}
