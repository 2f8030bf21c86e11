//! Random histories on the memory store and on the model.

use chat_drafts_store_memory::{MemoryDisk, MemoryStore};
use chat_drafts_testkit::{DiskSandbox, VolatileSandbox, random_histories, random_typing};

#[test]
fn on_a_disk() {
    random_histories(400, || Box::new(DiskSandbox::new(MemoryDisk::default, MemoryStore::open)));
}

#[test]
fn typing() {
    random_typing(1_000, || Box::new(DiskSandbox::new(MemoryDisk::default, MemoryStore::open)));
}

#[test]
fn volatile() {
    random_histories(100, || Box::new(VolatileSandbox::new(MemoryStore::new)));
}
