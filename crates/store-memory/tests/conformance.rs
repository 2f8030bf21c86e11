//! The conformance suite on the memory store: on a disk that outlives it, and as it is without one.

use chat_drafts_store_memory::{MemoryDisk, MemoryStore};
use chat_drafts_testkit::{DiskSandbox, VolatileSandbox, conformance};

conformance!(on_a_disk, DiskSandbox::new(MemoryDisk::default, MemoryStore::open));
conformance!(volatile, VolatileSandbox::new(MemoryStore::new));
