use std::fmt;
use std::path::PathBuf;

use chat_drafts_core::Result;
use chat_drafts_core::engine::EngineStore;

use crate::RedbStore;
use crate::engine::Config;

/// redb's own default, 1 GiB, is for servers.
const CACHE_SIZE: usize = 8 * 1024 * 1024;

/// The choices of a [`RedbStore`].
///
/// ```
/// use chat_drafts_core::Error;
/// use chat_drafts_store_redb::RedbStore;
///
/// # let folder = tempfile::tempdir().expect("a folder");
/// let path = folder.path().join("alice.redb");
/// let opened = RedbStore::builder(&path).create(false).open();
/// assert!(matches!(opened, Err(Error::NotFound)));
///
/// let store = RedbStore::builder(&path).cache_size(1024 * 1024).open()?;
/// # let _ = store;
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "call open"]
pub struct RedbBuilder {
    config: Config,
}

impl RedbBuilder {
    pub(crate) fn new(path: PathBuf) -> Self {
        // The store opens its file again after a failure, and the process may have changed its folder by then. A path
        // that cannot be made absolute is refused at opening.
        let path = std::path::absolute(&path).unwrap_or(path);
        Self {
            config: Config {
                path,
                create: true,
                cache_size: CACHE_SIZE,
                #[cfg(test)]
                wrap: None,
            },
        }
    }

    /// Whether a file that does not exist is created: yes, by default. If not, opening it answers
    /// [`Error::NotFound`](chat_drafts_core::Error::NotFound), and opening an empty one
    /// [`Error::Corrupt`](chat_drafts_core::Error::Corrupt).
    pub fn create(mut self, create: bool) -> Self {
        self.config.create = create;
        self
    }

    /// How much memory the database may use for pages it has read, in bytes: 8 MiB by default.
    pub fn cache_size(mut self, bytes: usize) -> Self {
        self.config.cache_size = bytes;
        self
    }

    #[cfg(test)]
    pub(crate) fn faults(mut self, faults: crate::faults::Faults) -> Self {
        self.config.wrap = Some(faults);
        self
    }

    /// Opens the store. Blocks for as long as the disk takes; async code wraps it in
    /// [`unblock`](chat_drafts_core::engine::unblock).
    ///
    /// # Errors
    /// Those of [`RedbStore::open`].
    pub fn open(self) -> Result<RedbStore> {
        EngineStore::open(self.config).map(RedbStore)
    }
}

impl fmt::Debug for RedbBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbBuilder")
            .field("create", &self.config.create)
            .field("cache_size", &self.config.cache_size)
            .finish_non_exhaustive()
    }
}
