use std::sync::Arc;

use crate::notify;
use crate::sync::thread;
use crate::{Error, Result};

/// Does something that blocks, opening a store for instance, on a thread of its own, so that an executor does not wait
/// for the disk.
///
/// # Errors
/// What it answers; [`Error::Io`] if there is no thread to be had.
pub async fn unblock<T: Send + 'static>(block: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    const OPERATION: &str = "run on a thread of its own";
    let (answer, answered) = notify::answer();
    thread::Builder::new()
        .name("chat-drafts-open".to_owned())
        .spawn(move || answer.send(block()))
        .map_err(|error| Error::Io { operation: OPERATION, source: Arc::new(error) })?;
    answered.await.unwrap_or_else(|gone| Err(Error::Io { operation: OPERATION, source: Arc::new(gone) }))
}
