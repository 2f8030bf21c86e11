//! The same random histories on all stores in lockstep: every answer and every event is compared, among the stores and
//! with the model.

use chat_drafts::{MemoryDisk, MemoryStore, RedbStore, SqliteStore};
use chat_drafts_testkit::{DiskSandbox, FileSandbox, Sandbox, random_agreement};

fn all_stores() -> Vec<(&'static str, Box<dyn Sandbox>)> {
    vec![
        ("memory", Box::new(DiskSandbox::new(MemoryDisk::default, MemoryStore::open))),
        ("sqlite", Box::new(FileSandbox::new("alice.db", |path| SqliteStore::open(path)))),
        ("redb", Box::new(FileSandbox::new("alice.redb", |path| RedbStore::open(path)))),
    ]
}

#[test]
fn all_stores_agree() {
    random_agreement(60, all_stores);
}
