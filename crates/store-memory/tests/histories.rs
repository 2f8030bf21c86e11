//! Random histories on the memory store and on the model.

use chat_drafts_store_memory::{MemoryDisk, MemoryStore};
use chat_drafts_testkit::{
    DiskSandbox, Key, Typing, VolatileSandbox, Write, check_typing, random_histories, random_typing,
};

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

/// Found at random: the conversation a sent text was renamed into had an older revision than the composer knew.
#[test]
fn a_composer_is_renamed_into_an_older_draft() {
    let steps = [
        Typing::Other(1, Write::Set),
        Typing::Compose(2),
        Typing::Edit(0, Key::Letter),
        Typing::Write(2, Write::BeginSend),
        Typing::Write(2, Write::Rename(1)),
    ];
    check_typing(&DiskSandbox::new(MemoryDisk::default, MemoryStore::open), &steps);
}
