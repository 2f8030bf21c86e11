//! The SDK's error codes.

use std::fmt;

use chat_drafts::Error;

use crate::Interrupted;

/// What a call answers.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a call failed: one of the SDK's codes, and a sentence for the developer. It never shows a draft's text or an id.
///
/// ```
/// use chat_drafts_session::Failure;
///
/// let failure = Failure::not_logged_in();
/// assert_eq!(failure.code(), 6014);
/// assert_eq!(failure.to_string(), "not logged in: call login, and wait for its answer");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    code: i32,
    sentence: String,
}

/// The codes, by the names that say what they mean.
pub mod code {
    /// The local database cannot be loaded: it is damaged, locked, or of a newer version.
    pub const DATABASE_NOT_LOADED: i32 = 6005;
    /// The SDK is not initialised.
    pub const NOT_INITIALISED: i32 = 6013;
    /// No user is logged in.
    pub const NOT_LOGGED_IN: i32 = 6014;
    /// A login or a logout is under way, or another user is logged in.
    pub const IN_PROGRESS: i32 = 6015;
    /// A parameter is invalid; the sentence names it.
    pub const INVALID_PARAMETER: i32 = 6017;
    /// An operation of the database failed.
    pub const DATABASE_FAILED: i32 = 6019;
    /// The system does not let the file be read or written: no permission, no such folder, a full disk.
    pub const IO: i32 = 6022;
    /// A logout came before the login was finished.
    pub const LOGGED_OUT_BEFORE: i32 = 6023;
    /// Not a user id: 1 to 32 bytes of printable ASCII.
    pub const INVALID_USER: i32 = 7003;
}

impl Failure {
    fn new(code: i32, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }

    /// A parameter that is invalid, by its name and what is wrong with it.
    pub fn invalid_parameter(name: &str, reason: impl fmt::Display) -> Self {
        Self::new(code::INVALID_PARAMETER, format!("invalid parameter {name}: {reason}"))
    }

    /// No user is logged in.
    pub fn not_logged_in() -> Self {
        Self::new(code::NOT_LOGGED_IN, "not logged in: call login, and wait for its answer")
    }

    pub(crate) fn not_initialised() -> Self {
        Self::new(code::NOT_INITIALISED, "not initialised: call initSDK first")
    }

    pub(crate) fn in_progress(sentence: &str) -> Self {
        Self::new(code::IN_PROGRESS, sentence)
    }

    pub(crate) fn logged_out_before() -> Self {
        Self::new(code::LOGGED_OUT_BEFORE, "a logout or unInitSDK came before this login was finished")
    }

    pub(crate) fn invalid_user(reason: &str) -> Self {
        Self::new(code::INVALID_USER, format!("invalid userID: {reason}"))
    }

    /// What an error of the store means to who logs in.
    pub(crate) fn at_login(error: &Error) -> Self {
        match error {
            Error::DiskFull => Self::new(code::IO, "the drafts of this user cannot be opened: the disk is full"),
            Error::NotFound => {
                Self::new(code::IO, "the data directory given to initSDK does not exist: create it first")
            }
            Error::PermissionDenied => {
                Self::new(code::IO, "no permission to read and write in the data directory given to initSDK")
            }
            Error::InvalidPath { reason } => {
                Self::new(code::IO, format!("the data directory given to initSDK cannot hold a store: {reason}"))
            }
            Error::Io { .. } => {
                Self::new(code::IO, format!("the drafts of this user cannot be opened: {}", Told(error)))
            }
            Error::Locked => Self::new(
                code::DATABASE_NOT_LOADED,
                "the drafts of this user are open elsewhere: in another process, or in another session of this one",
            ),
            _ => Self::new(
                code::DATABASE_NOT_LOADED,
                format!("the drafts of this user cannot be loaded: {}", Told(error)),
            ),
        }
    }

    /// What an error of the store means to a later call.
    pub(crate) fn of_call(error: &Error) -> Self {
        match error {
            Error::TextTooLong { .. } => Self::invalid_parameter("draftText", error),
            Error::InvalidId { .. } => Self::invalid_parameter("conversationID", error),
            Error::FactTooLong { .. } | Error::ExtraTooLong { .. } => Self::invalid_parameter("update", error),
            Error::DiskFull => Self::new(code::IO, "the disk is full: nothing was changed, and nothing was lost"),
            Error::PermissionDenied => Self::new(code::IO, "no permission to read and write the drafts of this user"),
            Error::Closed => Self::not_logged_in(),
            Error::NothingToSend => Self::invalid_parameter("conversationID", "its draft has no text to send"),
            Error::NotPending => Self::invalid_parameter("ticket", "its text is not being sent any more"),
            Error::Conflict { .. } => Self::new(
                code::DATABASE_FAILED,
                "somebody else has stored another text meanwhile: choose what to keep, and try again",
            ),
            Error::Suspended => Self::new(code::DATABASE_FAILED, "the drafts of this user are suspended: resume first"),
            Error::WouldDeadlock => Self::new(
                code::DATABASE_FAILED,
                "nothing was done: this call waits for its answer, which cannot come while the caller's thread writes",
            ),
            Error::Unsaved { reason, .. } => {
                let Self { code, sentence } = Self::of_call(reason);
                Self::new(code, format!("a text could not be saved, and is still in memory: {sentence}"))
            }
            Error::Poisoned => Self::new(
                code::DATABASE_FAILED,
                "an earlier write failed, so nothing is written any more: log out and log in again",
            ),
            _ => Self::new(code::DATABASE_FAILED, format!("the database failed: {}", Told(error))),
        }
    }

    /// The SDK's number.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// The sentence.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Failure {}

impl From<Interrupted> for Failure {
    fn from(interrupted: Interrupted) -> Self {
        Self::new(code::DATABASE_FAILED, interrupted.to_string())
    }
}

/// An error and what is below it.
struct Told<'a>(&'a Error);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        match std::error::Error::source(self.0) {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chat_drafts::{DraftState, Revision};

    use super::*;

    fn io() -> Error {
        Error::Io { operation: "write", source: Arc::new(std::io::Error::other("the cable")) }
    }

    #[test]
    fn codes_at_login() {
        let errors = [
            (Error::Locked, 6005),
            (Error::corrupt("x"), 6005),
            (Error::SchemaTooNew { found: 9, supported: 1 }, 6005),
            (Error::Foreign, 6005),
            (Error::DiskFull, 6022),
            (Error::NotFound, 6022),
            (Error::PermissionDenied, 6022),
            (Error::InvalidPath { reason: "x" }, 6022),
            (io(), 6022),
        ];
        for (error, code) in errors {
            assert_eq!(Failure::at_login(&error).code(), code, "{error}");
        }
    }

    #[test]
    fn codes_of_calls() {
        let errors = [
            (Error::TextTooLong { len: 2, max: 1 }, 6017),
            (Error::FactTooLong { len: 2, max: 1 }, 6017),
            (Error::InvalidId { reason: "x" }, 6017),
            (Error::corrupt("x"), 6019),
            (Error::Poisoned, 6019),
            (Error::Locked, 6019),
            (io(), 6019),
            (Error::DiskFull, 6022),
            (Error::PermissionDenied, 6022),
            (Error::Closed, 6014),
            (Error::NothingToSend, 6017),
            (Error::NotPending, 6017),
            (Error::Conflict { current: Box::new(DraftState::Absent(Revision::new(1))) }, 6019),
            (Error::Suspended, 6019),
            (Error::TimedOut, 6019),
            (Error::WouldDeadlock, 6019),
            (Error::Unsaved { conversations: Vec::new(), reason: Box::new(Error::DiskFull) }, 6022),
        ];
        for (error, code) in errors {
            assert_eq!(Failure::of_call(&error).code(), code, "{error}");
        }
        assert_eq!(Failure::of_call(&io()).to_string(), "the database failed: could not write (the cable)");
    }
}
