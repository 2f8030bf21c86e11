//! The redb store of [`chat-drafts`](https://docs.rs/chat-drafts): drafts in one file, in pure Rust.
//!
//! [`RedbStore`] keeps the conversations of one account in a [redb](https://docs.rs/redb) database. Choose it over the
//! SQLite store where no C compiler is at hand; SQLite writes faster and can be read with other tools.
//!
//! What it does beyond redb itself:
//!
//! - A file is not touched before something is written to it: opening and reading a store, or failing to open a file
//!   that is damaged or somebody else's, leaves it byte for byte as it was. (A store that was killed is repaired at the
//!   next opening, and that is kept.)
//! - Reads go on after a failed write.
//! - [`Drafts::check`](chat_drafts_core::Drafts::check) finds damage and repairs nothing: a file it finds damaged is not
//!   written to any more until it is opened anew.

mod builder;
mod engine;
mod error;
#[cfg(test)]
mod faults;
mod gate;
mod tables;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use builder::RedbBuilder;
use chat_drafts_core::engine::EngineStore;
use chat_drafts_core::{Result, forward_store};
use engine::RedbEngine;

/// Keeps conversations in a redb file.
///
/// Durable: what was answered `Ok` survives a kill and a power loss (redb's `Durability::Immediate`). One process has a
/// file open at a time.
///
/// ```
/// use chat_drafts_core::{ConversationId, Drafts};
/// use chat_drafts_store_redb::RedbStore;
///
/// # let folder = tempfile::tempdir().expect("a folder");
/// let path = folder.path().join("alice.redb");
/// let bob = ConversationId::user("bob")?;
///
/// let drafts = Drafts::new(RedbStore::open(&path)?)?.blocking();
/// drafts.set(&bob, "I'll be there at")?;
/// drafts.close()?;
///
/// let drafts = Drafts::new(RedbStore::open(&path)?)?.blocking();
/// assert_eq!(drafts.get(&bob)?.expect("it was saved").text(), "I'll be there at");
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
pub struct RedbStore(EngineStore<RedbEngine>);

forward_store!(RedbStore);

impl RedbStore {
    /// Opens the store in this file, which is created if it does not exist; its folder is not. An empty file is a new
    /// store. Blocks for as long as the disk takes, which is longer after a kill, when every page is checked.
    ///
    /// # Errors
    /// - [`Error::NotFound`](chat_drafts_core::Error::NotFound): there is no such folder.
    /// - [`Error::InvalidPath`](chat_drafts_core::Error::InvalidPath): the path is empty or leads to a folder.
    /// - [`Error::PermissionDenied`](chat_drafts_core::Error::PermissionDenied): the file may not be read and written.
    /// - [`Error::Locked`](chat_drafts_core::Error::Locked): it is open already, here or in another process.
    /// - [`Error::Foreign`](chat_drafts_core::Error::Foreign): it is no redb file, or one with other tables than ours.
    /// - [`Error::SchemaTooNew`](chat_drafts_core::Error::SchemaTooNew): a later version of this library wrote it.
    /// - [`Error::Corrupt`](chat_drafts_core::Error::Corrupt): it is damaged.
    /// - [`Error::DiskFull`](chat_drafts_core::Error::DiskFull): there is no room for a new store.
    /// - [`Error::Io`](chat_drafts_core::Error::Io): the system failed.
    ///
    /// After each of them the file is as it was, and one that did not exist still does not.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::builder(path.as_ref()).open()
    }

    /// The store in this file, with choices: whether to create it, how much memory to use.
    pub fn builder(path: impl Into<PathBuf>) -> RedbBuilder {
        RedbBuilder::new(path.into())
    }
}
