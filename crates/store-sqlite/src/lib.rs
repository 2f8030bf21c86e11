//! The SQLite store of [`chat-drafts`](https://docs.rs/chat-drafts): one file per account, readable with the `sqlite3`
//! shell, bundled SQLite.
//!
//! A write is on the disk when it is answered (write-ahead log, `synchronous=FULL`, on Apple `fullfsync` too). Several
//! processes may have the file open at once. Overwritten text is zeroed (`secure_delete`), and closing empties the log; where
//! pages were divided or joined a copy can stay in a gap until the file is compacted.

mod builder;
mod engine;
mod error;
mod header;
mod log;
mod rows;
mod schema;
mod tables;

use std::path::Path;

use chat_drafts_core::engine::EngineStore;
use chat_drafts_core::{Result, forward_store};

pub use builder::{SqliteBuilder, Synchronous};
use engine::SqliteEngine;

/// Keeps conversations in a SQLite file.
///
/// ```
/// use chat_drafts_core::{ConversationId, Drafts};
/// use chat_drafts_store_sqlite::SqliteStore;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("alice.db");
/// let drafts = Drafts::new(SqliteStore::open(path)?)?;
/// let bob = ConversationId::user("bob")?;
/// drafts.blocking().set(&bob, "I'll be there at")?;
/// drafts.blocking().close()?;
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
pub struct SqliteStore(EngineStore<SqliteEngine>);

forward_store!(SqliteStore);

impl SqliteStore {
    /// Opens the store in this file, and creates the file if there is none; its folder must exist. Blocks for less than a
    /// millisecond, however many conversations there are.
    ///
    /// The path is taken as it is: `file:` and `:memory:` have no meaning.
    ///
    /// # Errors
    /// [`InvalidPath`](chat_drafts_core::Error::InvalidPath), [`NotFound`](chat_drafts_core::Error::NotFound),
    /// [`PermissionDenied`](chat_drafts_core::Error::PermissionDenied), [`Locked`](chat_drafts_core::Error::Locked);
    /// [`Foreign`](chat_drafts_core::Error::Foreign), [`SchemaTooNew`](chat_drafts_core::Error::SchemaTooNew) or
    /// [`Corrupt`](chat_drafts_core::Error::Corrupt) about what is in the file, which stays as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::builder(path).open()
    }

    /// The store in this file, with choices.
    pub fn builder(path: impl AsRef<Path>) -> SqliteBuilder {
        SqliteBuilder::new(path.as_ref())
    }
}
