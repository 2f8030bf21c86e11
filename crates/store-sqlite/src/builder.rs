use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chat_drafts_core::Result;
use chat_drafts_core::engine::EngineStore;

use crate::SqliteStore;

/// The choices of a [`SqliteStore`].
///
/// ```
/// use chat_drafts_store_sqlite::{SqliteStore, Synchronous};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("alice.db");
/// let store = SqliteStore::builder(path).synchronous(Synchronous::Normal).open()?;
/// # let _ = store;
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "call open"]
pub struct SqliteBuilder {
    pub(crate) path: PathBuf,
    pub(crate) create: bool,
    pub(crate) synchronous: Synchronous,
    pub(crate) busy_timeout: Duration,
    pub(crate) cache_size: usize,
}

/// What a write waits for: see [`SqliteBuilder::synchronous`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Synchronous {
    /// The disk: what was answered survives a kill and a power loss.
    #[default]
    Full,
    /// The operating system: what was answered survives a kill, and the last writes before a power loss may be gone. The
    /// file is intact after either.
    Normal,
}

impl SqliteBuilder {
    pub(crate) fn new(path: &Path) -> Self {
        // The file is opened again after a failure, and the process may have changed its folder by then. A path that has
        // no absolute form is refused by opening it.
        Self {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()),
            create: true,
            synchronous: Synchronous::Full,
            busy_timeout: Duration::from_secs(5),
            cache_size: 2 * 1024 * 1024,
        }
    }

    /// Whether a file that is not there is created: yes, by default.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// What a write waits for: the disk, by default.
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// How long to wait for another process that is writing, before the answer is
    /// [`Locked`](chat_drafts_core::Error::Locked): 5 seconds by default.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// How much of the file each of the two connections keeps in memory at most, in bytes: 2 MiB by default.
    pub fn cache_size(mut self, bytes: usize) -> Self {
        self.cache_size = bytes;
        self
    }

    /// Opens the store.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`]; and [`NotFound`](chat_drafts_core::Error::NotFound) if the file is not there and
    /// is not to be created.
    pub fn open(self) -> Result<SqliteStore> {
        EngineStore::open(self).map(SqliteStore)
    }
}

impl fmt::Debug for SqliteBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteBuilder")
            .field("create", &self.create)
            .field("synchronous", &self.synchronous)
            .field("busy_timeout", &self.busy_timeout)
            .field("cache_size", &self.cache_size)
            .finish_non_exhaustive()
    }
}
