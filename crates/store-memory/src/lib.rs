//! The memory store of [`chat-drafts`](https://docs.rs/chat-drafts): drafts that last as long as the process.
//!
//! For the tests of an app, and for who wants to see what an engine is: this is the reference reading of
//! [`chat_drafts_core::engine`].

mod engine;

use chat_drafts_core::engine::EngineStore;
use chat_drafts_core::{Result, forward_store};

pub use engine::{MemoryDisk, MemoryEngine};

/// Keeps conversations in memory. Nothing survives the process; clones of a [`MemoryDisk`] survive the store, so that a
/// test can restart its app.
///
/// ```
/// use chat_drafts_core::{ConversationId, Drafts};
/// use chat_drafts_store_memory::MemoryStore;
///
/// let drafts = Drafts::new(MemoryStore::new())?;
/// let bob = ConversationId::user("bob")?;
/// drafts.blocking().set(&bob, "hi")?;
/// assert_eq!(drafts.blocking().get(&bob)?.expect("just set").text(), "hi");
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
pub struct MemoryStore(EngineStore<MemoryEngine>);

forward_store!(MemoryStore);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        match Self::open(&MemoryDisk::default()) {
            Ok(store) => store,
            Err(_) => unreachable!("a disk nobody else has can be opened"),
        }
    }

    /// The store on this disk, as an earlier store left it.
    ///
    /// # Errors
    /// [`Error::Locked`](chat_drafts_core::Error::Locked) if a store has the disk already.
    pub fn open(disk: &MemoryDisk) -> Result<Self> {
        EngineStore::open(disk.clone()).map(Self)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}
