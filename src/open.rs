//! From the address of a store to its drafts.

use std::path::{Path, PathBuf};

use chat_drafts_core::engine::unblock;
use chat_drafts_core::{Drafts, Error, Result, account_path};

/// The drafts in the store at this address: `sqlite:path`, `redb:path`, or `memory:`. The file is created if there is
/// none; its folder is not.
///
/// All after the first colon is the path, as it is. The feature of the same name brings an engine.
///
/// ```
/// # pollster::block_on(async {
/// let drafts = chat_drafts::open("memory:").await?;
/// let bob = chat_drafts::ConversationId::user("bob")?;
/// drafts.set(&bob, "hi").await?;
/// # Ok::<(), chat_drafts::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// [`Error::UnknownEngine`] or [`Error::EngineNotEnabled`] about what stands before the colon; [`Error::InvalidPath`],
/// [`Error::NotFound`], [`Error::PermissionDenied`] or [`Error::Locked`] about the path; [`Error::Foreign`],
/// [`Error::SchemaTooNew`] or [`Error::Corrupt`] about what is in the file, which stays as it is.
pub async fn open(url: &str) -> Result<Drafts> {
    open_url(url, true).await
}

/// [`open`] without creating anything.
///
/// # Errors
/// [`Error::NotFound`] if there is no file; and those of [`open`].
pub async fn open_existing(url: &str) -> Result<Drafts> {
    open_url(url, false).await
}

/// The drafts of one account: each has a file of its own in `folder`, which must exist.
///
/// `engine` is `sqlite`, `redb` or `memory`. Whatever accounts are called, no name leads out of the folder and no two
/// names share a file, on file systems that ignore case too.
///
/// ```no_run
/// # async fn example() -> chat_drafts::Result<()> {
/// let drafts = chat_drafts::open_account("app-data", "sqlite", "@alice:example.org").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::InvalidAccount`] if the name is empty, or too long for a file's name: 200 plain bytes fit, or 66 others; and
/// those of [`open`].
pub async fn open_account(folder: impl AsRef<Path>, engine: &str, name: &str) -> Result<Drafts> {
    let extension = if engine == "redb" { "redb" } else { "db" };
    let path = account_path(folder.as_ref(), name, extension)?;
    if engine == "memory" {
        return open("memory:").await;
    }
    let engine = engine.to_owned();
    unblock(move || open_store(&engine, path, true)).await
}

async fn open_url(url: &str, create: bool) -> Result<Drafts> {
    let (engine, path) = url.split_once(':').ok_or(Error::UnknownEngine)?;
    let (engine, path) = (engine.to_owned(), PathBuf::from(path));
    unblock(move || open_store(&engine, path, create)).await
}

#[allow(unused_variables, reason = "a build may have no engine")]
fn open_store(engine: &str, path: PathBuf, create: bool) -> Result<Drafts> {
    match engine {
        #[cfg(feature = "sqlite")]
        "sqlite" => Drafts::new(crate::SqliteStore::builder(path).create(create).open()?),
        #[cfg(not(feature = "sqlite"))]
        "sqlite" => Err(Error::EngineNotEnabled { feature: "sqlite" }),
        #[cfg(feature = "redb")]
        "redb" => Drafts::new(crate::RedbStore::builder(path).create(create).open()?),
        #[cfg(not(feature = "redb"))]
        "redb" => Err(Error::EngineNotEnabled { feature: "redb" }),
        #[cfg(feature = "memory")]
        "memory" if path.as_os_str().is_empty() => Drafts::new(crate::MemoryStore::new()),
        #[cfg(feature = "memory")]
        "memory" => Err(Error::InvalidPath { reason: "nothing follows memory:" }),
        #[cfg(not(feature = "memory"))]
        "memory" => Err(Error::EngineNotEnabled { feature: "memory" }),
        _ => Err(Error::UnknownEngine),
    }
}
