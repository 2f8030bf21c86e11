//! Where the suite gets its stores from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use chat_drafts_core::{DraftStore, Result};
use tempfile::TempDir;

/// One disk: the place a store keeps its conversations in.
///
/// A new sandbox is empty. Opening it again, after the store was closed or dropped, gives a store that holds what the
/// one before kept. The suite takes a new sandbox for each case.
///
/// ```
/// use chat_drafts_testkit::FileSandbox;
/// # use chat_drafts_core::{DraftStore, Result};
/// # use std::path::Path;
/// # struct MyStore;
/// # impl MyStore { fn open(_: &Path) -> Result<std::sync::Arc<dyn DraftStore>> { Err(chat_drafts_core::Error::NotFound) } }
///
/// let sandbox = FileSandbox::new("drafts.db", |path| MyStore::open(path));
/// # let _ = sandbox;
/// ```
pub trait Sandbox: Send + Sync {
    /// The store on this disk.
    ///
    /// # Errors
    /// What opening the store answers.
    fn open(&self) -> Result<Arc<dyn DraftStore>>;

    /// A second disk, empty, for the same kind of store.
    fn another(&self) -> Box<dyn Sandbox>;

    /// Whether a store that is opened again holds what the one before kept. If not, whatever needs that is left out.
    fn reopens(&self) -> bool {
        true
    }
}

impl<S: Sandbox + ?Sized> Sandbox for Box<S> {
    fn open(&self) -> Result<Arc<dyn DraftStore>> {
        (**self).open()
    }

    fn another(&self) -> Box<dyn Sandbox> {
        (**self).another()
    }

    fn reopens(&self) -> bool {
        (**self).reopens()
    }
}

type Open<D> = dyn Fn(&D) -> Result<Arc<dyn DraftStore>> + Send + Sync;

/// A sandbox of any disk that is a value: what is made by one function and opened by another.
///
/// ```
/// # use chat_drafts_core::{DraftStore, Result};
/// # #[derive(Default)]
/// # struct MyDisk;
/// # struct MyStore;
/// # impl MyStore { fn open(_: &MyDisk) -> Result<std::sync::Arc<dyn DraftStore>> { Err(chat_drafts_core::Error::NotFound) } }
/// use chat_drafts_testkit::DiskSandbox;
///
/// let sandbox = DiskSandbox::new(MyDisk::default, MyStore::open);
/// # let _ = sandbox;
/// ```
pub struct DiskSandbox<D> {
    disk: D,
    new: Arc<dyn Fn() -> D + Send + Sync>,
    open: Arc<Open<D>>,
}

impl<D: Send + Sync + 'static> DiskSandbox<D> {
    /// A sandbox of what `new` makes and `open` opens.
    pub fn new<S: DraftStore>(
        new: impl Fn() -> D + Send + Sync + 'static,
        open: impl Fn(&D) -> Result<S> + Send + Sync + 'static,
    ) -> Self {
        Self { disk: new(), new: Arc::new(new), open: Arc::new(move |disk| Ok(Arc::new(open(disk)?))) }
    }
}

impl<D: Send + Sync + 'static> Sandbox for DiskSandbox<D> {
    fn open(&self) -> Result<Arc<dyn DraftStore>> {
        (self.open)(&self.disk)
    }

    fn another(&self) -> Box<dyn Sandbox> {
        Box::new(Self { disk: (self.new)(), new: Arc::clone(&self.new), open: Arc::clone(&self.open) })
    }
}

impl<D> fmt::Debug for DiskSandbox<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiskSandbox").finish_non_exhaustive()
    }
}

/// A sandbox of a folder of its own, which goes with it.
///
/// ```
/// # use chat_drafts_core::{DraftStore, Result};
/// # use std::path::Path;
/// # struct MyStore;
/// # impl MyStore { fn open(_: &Path) -> Result<std::sync::Arc<dyn DraftStore>> { Err(chat_drafts_core::Error::NotFound) } }
/// use chat_drafts_testkit::FileSandbox;
///
/// let sandbox = FileSandbox::new("drafts.db", |path| MyStore::open(path));
/// assert!(sandbox.folder().is_dir());
/// ```
#[derive(Debug)]
pub struct FileSandbox(DiskSandbox<TempDir>);

impl FileSandbox {
    /// A sandbox that opens the store at the file of this name.
    ///
    /// # Panics
    /// If the system gives no folder for temporary files.
    pub fn new<S: DraftStore>(
        file_name: impl Into<String>,
        open: impl Fn(&Path) -> Result<S> + Send + Sync + 'static,
    ) -> Self {
        let file_name = file_name.into();
        let folder = || tempfile::tempdir().expect("a folder for temporary files");
        Self(DiskSandbox::new(folder, move |folder| open(&folder.path().join(&file_name))))
    }

    /// The folder the store's files are in.
    pub fn folder(&self) -> &Path {
        self.0.disk.path()
    }
}

impl Sandbox for FileSandbox {
    fn open(&self) -> Result<Arc<dyn DraftStore>> {
        self.0.open()
    }

    fn another(&self) -> Box<dyn Sandbox> {
        self.0.another()
    }
}

/// A sandbox of stores that forget everything when they are closed.
///
/// ```
/// # use chat_drafts_core::{DraftStore, Result};
/// # struct MyStore;
/// # impl MyStore { fn new() -> std::sync::Arc<dyn DraftStore> { unreachable!() } }
/// use chat_drafts_testkit::{Sandbox, VolatileSandbox};
///
/// let sandbox = VolatileSandbox::new(MyStore::new);
/// assert!(!sandbox.reopens());
/// ```
pub struct VolatileSandbox(Arc<dyn Fn() -> Arc<dyn DraftStore> + Send + Sync>);

impl VolatileSandbox {
    /// A sandbox of the stores that `new` makes.
    pub fn new<S: DraftStore>(new: impl Fn() -> S + Send + Sync + 'static) -> Self {
        Self(Arc::new(move || Arc::new(new())))
    }
}

impl Sandbox for VolatileSandbox {
    fn open(&self) -> Result<Arc<dyn DraftStore>> {
        Ok((self.0)())
    }

    fn another(&self) -> Box<dyn Sandbox> {
        Box::new(Self(Arc::clone(&self.0)))
    }

    fn reopens(&self) -> bool {
        false
    }
}

impl fmt::Debug for VolatileSandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VolatileSandbox").finish_non_exhaustive()
    }
}
