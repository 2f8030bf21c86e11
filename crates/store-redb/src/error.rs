//! redb's errors in the core's words.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use chat_drafts_core::Error;
use redb::DatabaseError;

/// What redb answered while doing this.
pub(crate) fn from_redb(operation: &'static str, error: impl Into<redb::Error>) -> Error {
    use redb::Error as Redb;
    let detail = match error.into() {
        Redb::DatabaseAlreadyOpen | Redb::LockProtocolMismatch => return Error::Locked,
        // We never wrote one of redb's older formats.
        Redb::UpgradeRequired(_) => return Error::Foreign,
        error @ Redb::Corrupted(_) => ("the database found damage", error),
        Redb::Io(error) => return while_open(operation, error),
        error @ (Redb::TableTypeMismatch { .. }
        | Redb::TableIsMultimap(_)
        | Redb::TableIsNotMultimap(_)
        | Redb::TypeDefinitionChanged { .. }
        | Redb::TableDoesNotExist(_)) => ("a table is missing or of another kind", error),
        error => return Error::Io { operation, source: Arc::new(error) },
    };
    Error::Corrupt { detail: detail.0, source: Some(Arc::new(detail.1)) }
}

/// What redb answered to the opening of a file.
pub(crate) fn from_opening(error: DatabaseError) -> Error {
    match error {
        // So it says that a file is none of its own.
        DatabaseError::Storage(redb::StorageError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            Error::Foreign
        }
        // By us: see the gate.
        error @ DatabaseError::RepairAborted => {
            Error::Corrupt { detail: "the file was closed well and has changed since", source: Some(Arc::new(error)) }
        }
        error => from_redb("open the database", error),
    }
}

/// A failure of the system's with a file that is open: that it should not be there, or not be ours, is no longer a
/// matter of its path.
pub(crate) fn while_open(operation: &'static str, error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DiskFull,
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData => {
            Error::Corrupt { detail: "the file ends too early", source: Some(Arc::new(error)) }
        }
        _ => Error::Io { operation, source: Arc::new(error) },
    }
}
