use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::Executor;

/// What a session is initialised with.
///
/// ```
/// use chat_drafts_session::Config;
///
/// let config = Config::new(1_400_000_000, "app-data").store("sqlite");
/// # let _ = config;
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) app: u32,
    pub(crate) directory: PathBuf,
    pub(crate) store: String,
    pub(crate) executor: Option<Arc<dyn Executor>>,
}

impl Config {
    /// For the app with this number, which keeps its accounts in this directory, each in a SQLite file of its own. The
    /// directory must exist by the time of a login.
    pub fn new(app: u32, directory: impl Into<PathBuf>) -> Self {
        Self { app, directory: directory.into(), store: "sqlite".to_owned(), executor: None }
    }

    /// The engine: `sqlite`, `redb` or `memory`, if the build has it.
    #[must_use]
    pub fn store(mut self, engine: &str) -> Self {
        self.store = engine.to_owned();
        self
    }

    /// Where the host's code runs: on the session's own thread, unless it is told here.
    #[must_use]
    pub fn executor(mut self, executor: Arc<dyn Executor>) -> Self {
        self.executor = Some(executor);
        self
    }

    /// Whether a store can be opened by it at all.
    pub(crate) fn is_valid(&self) -> bool {
        let engines = [
            ("sqlite", cfg!(feature = "sqlite")),
            ("redb", cfg!(feature = "redb")),
            ("memory", cfg!(feature = "memory")),
        ];
        let has_engine = engines.contains(&(self.store.as_str(), true));
        let directory = self.directory.as_os_str();
        has_engine && !directory.is_empty() && !directory.as_encoded_bytes().contains(&0)
    }

    /// The name of a user's store. Accounts of two apps in one directory do not meet.
    pub(crate) fn account(&self, user: &str) -> String {
        format!("{}-{user}", self.app)
    }

    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (self.app, &self.directory, &self.store) == (other.app, &other.directory, &other.store)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("app", &self.app).field("store", &self.store).finish_non_exhaustive()
    }
}
