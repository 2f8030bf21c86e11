//! What can go wrong, as one enum a caller can match.

use std::fmt;
use std::sync::Arc;

use crate::{ConversationId, DraftState};

/// What this library answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The cause below an [`Error`]: the database's or the system's own error.
pub type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why a call was refused or failed.
///
/// No variant shows a draft's text, its extra or a conversation id, in `Display` or in `Debug`.
///
/// ```
/// use chat_drafts_core::{ConversationId, Error};
///
/// let refused = ConversationId::new("").unwrap_err();
/// assert!(matches!(refused, Error::InvalidId { .. }));
/// assert_eq!(refused.to_string(), "not a conversation id: it is empty");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// The text is no [`ConversationId`](crate::ConversationId).
    InvalidId {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The account's name cannot name a store.
    InvalidAccount {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The draft is longer than the store takes. The draft before it is intact.
    TextTooLong {
        /// Bytes that were given.
        len: usize,
        /// Bytes that are allowed.
        max: usize,
    },
    /// The extra is longer than the store takes. The draft before it is intact.
    ExtraTooLong {
        /// Bytes that were given.
        len: usize,
        /// Bytes that are allowed.
        max: usize,
    },
    /// A fact of the host (a name, an address, a last message, custom data) is longer than the store takes.
    FactTooLong {
        /// Bytes that were given.
        len: usize,
        /// Bytes that are allowed.
        max: usize,
    },
    /// The write named a base revision and the draft has moved on. Nothing was changed.
    Conflict {
        /// What the store holds now; its revision is the base for another attempt.
        current: Box<DraftState>,
    },
    /// There is no text that could be sent.
    NothingToSend,
    /// The text is not being sent any more: it was confirmed, aborted, or deleted with its conversation, here or in another
    /// process. Nothing was changed.
    NotPending,
    /// Text of these conversations could not be saved. It is still in memory, and saving goes on.
    Unsaved {
        /// Whose text.
        conversations: Vec<ConversationId>,
        /// Why the first of them was not saved.
        reason: Box<Error>,
    },
    /// It was not done within the time that was given.
    TimedOut,
    /// A blocking call was made inside a wake-up, or on a thread that writes for a store: it would wait for itself. Nothing
    /// was done. Awaited calls can be begun there.
    WouldDeadlock,
    /// Another [`Drafts`](crate::Drafts) is made of this store already.
    InUse,
    /// The store was closed.
    Closed,
    /// The store was suspended: its files are closed until [`Drafts::resume`](crate::Drafts::resume).
    Suspended,
    /// A write failed earlier, so what is on disk is not certain. Reads go on;
    /// [`Drafts::resume`](crate::Drafts::resume) or opening anew makes writes work again.
    Poisoned,
    /// There is no room on the disk. Nothing was lost; writes work again when there is room.
    DiskFull,
    /// The file is held by another process, or is open in this one already.
    Locked,
    /// The file or a record in it is damaged. It was left as it is.
    Corrupt {
        /// What was found.
        detail: &'static str,
        /// The database's own error, if it has one.
        source: Option<Source>,
    },
    /// The file is something else than a store of drafts. It was left as it is.
    Foreign,
    /// The file was written by a newer version of this library. It was left as it is.
    SchemaTooNew {
        /// The schema of the file.
        found: u64,
        /// The newest schema this version knows.
        supported: u64,
    },
    /// The file, or the folder it should be in, does not exist.
    NotFound,
    /// The system does not let this process read and write the file.
    PermissionDenied,
    /// The path cannot name a store.
    InvalidPath {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The address of a store has no known engine in front of its first colon.
    UnknownEngine,
    /// The engine exists, but this build left it out.
    EngineNotEnabled {
        /// The feature of `chat-drafts` that brings it.
        feature: &'static str,
    },
    /// The target of a copy was written to before.
    NotEmpty,
    /// The system failed to read or write. Whether a write under way was kept is unknown until the store is reopened.
    Io {
        /// What was being done.
        operation: &'static str,
        /// The system's or the database's own error.
        source: Source,
    },
}

impl Error {
    /// A damaged file or record, without an error of the database's own.
    pub fn corrupt(detail: &'static str) -> Self {
        Self::Corrupt { detail, source: None }
    }

    /// Whether a write that answers this may have been made all the same.
    pub(crate) fn is_uncertain(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Corrupt { .. })
    }

    /// A failure of the system's, sorted by its kind: no room, no permission, not there, or plain [`Io`](Self::Io).
    pub fn from_io(operation: &'static str, error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::PermissionDenied,
            ErrorKind::IsADirectory => Self::InvalidPath { reason: "it is a folder" },
            ErrorKind::NotADirectory => Self::InvalidPath { reason: "a part of it is a file, not a folder" },
            _ => Self::Io { operation, source: Arc::new(error) },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidId { reason } => write!(f, "not a conversation id: {reason}"),
            Self::InvalidAccount { reason } => write!(f, "not an account name: {reason}"),
            Self::TextTooLong { len, max } => write!(f, "the text has {len} bytes, at most {max} are allowed"),
            Self::ExtraTooLong { len, max } => write!(f, "the extra has {len} bytes, at most {max} are allowed"),
            Self::FactTooLong { len, max } => write!(f, "a fact has {len} bytes, at most {max} are allowed"),
            Self::Conflict { .. } => f.write_str("the draft has changed since the revision this write is based on"),
            Self::NothingToSend => f.write_str("there is no text to send"),
            Self::NotPending => f.write_str("the text is not being sent any more"),
            Self::Unsaved { conversations, reason } => {
                write!(f, "the text of {} conversations could not be saved: {reason}", conversations.len())
            }
            Self::TimedOut => f.write_str("the time was not enough"),
            Self::WouldDeadlock => {
                f.write_str("a blocking call inside a wake-up would wait for itself; await it instead")
            }
            Self::InUse => f.write_str("this store is in use by another Drafts"),
            Self::Closed => f.write_str("the store is closed"),
            Self::Suspended => f.write_str("the store is suspended; resume it to read and write again"),
            Self::Poisoned => f.write_str("an earlier write failed; resume or reopen the store to write again"),
            Self::DiskFull => f.write_str("the disk is full"),
            Self::Locked => f.write_str("the store is locked: it is open elsewhere"),
            Self::Corrupt { detail, .. } => write!(f, "the store is damaged: {detail}"),
            Self::Foreign => f.write_str("the file is not a store of drafts"),
            Self::SchemaTooNew { found, supported } => {
                write!(f, "the store has schema {found}, this version knows {supported} at most")
            }
            Self::NotFound => f.write_str("there is no such file or folder"),
            Self::PermissionDenied => f.write_str("no permission to read and write the store"),
            Self::InvalidPath { reason } => write!(f, "the path cannot name a store: {reason}"),
            Self::UnknownEngine => {
                f.write_str("the address of a store starts with sqlite:, redb: or memory:, then the path")
            }
            Self::EngineNotEnabled { feature } => {
                write!(f, "this build has no such engine; turn on the feature `{feature}` of chat-drafts")
            }
            Self::NotEmpty => f.write_str("the target of the copy is not a new store"),
            Self::Io { operation, .. } => write!(f, "could not {operation}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Corrupt { source: Some(source), .. } | Self::Io { source, .. } => Some(source.as_ref()),
            Self::Unsaved { reason, .. } => Some(reason.as_ref()),
            _ => None,
        }
    }
}
