//! From opening a store to closing it.

use chat_drafts::{Drafts, open, open_existing};

use crate::failure::Failure;

/// Whether a store that is not there is created.
#[derive(Clone, Copy)]
pub(crate) enum Missing {
    /// Yes: an empty one.
    Create,
    /// No: that is an error.
    Refuse,
}

/// Opens a store, works with it, and closes it whatever came of the work. An error of closing is an error.
///
/// What the work answers is used when the store is closed: a reader that is slow to take what is printed holds no lock.
pub(crate) async fn session<T>(
    url: &str,
    missing: Missing,
    work: impl AsyncFnOnce(&Drafts) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let opened = match missing {
        Missing::Create => open(url).await,
        Missing::Refuse => open_existing(url).await,
    };
    let drafts = opened.map_err(|error| Failure::new(format_args!("open {url}"), &error))?;
    let done = work(&drafts).await;
    let closed = drafts.close().await.map_err(|error| Failure::new(format_args!("close {url}"), &error));
    Failure::join(done, closed)
}
