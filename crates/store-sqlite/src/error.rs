//! From SQLite's errors to ours.

use std::sync::Arc;

use chat_drafts_core::Error;
use rusqlite::ErrorCode;

/// Sorts an error of the database, met while doing `operation`.
pub(crate) fn sorted(operation: &'static str) -> impl Fn(rusqlite::Error) -> Error {
    move |error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::DiskFull,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            Error::Locked
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Error::Corrupt { detail: "SQLite finds its file malformed", source: Some(Arc::new(error)) }
        }
        Some(_) => Error::Io { operation, source: Arc::new(error) },
        // Without a code of SQLite's it is about what stands in a row.
        None => Error::Corrupt { detail: "a row cannot be read", source: Some(Arc::new(error)) },
    }
}
