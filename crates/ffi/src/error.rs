//! What went wrong, as a number and a sentence.

use chat_drafts::{DraftState, Error};
use chat_drafts_session::Interrupted;

use crate::pointer::free;
use crate::{drafts_draft, drafts_text};

/// What a call came to. Numbers are never used again and never change their meaning; later versions may add some.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum drafts_status {
    /// It was done.
    Ok = 0,
    /// A pointer that must be given is NULL.
    NullArgument = 1,
    /// A text is not UTF-8.
    NotText = 2,
    /// Not a conversation id: 1 to 512 bytes without control characters, and something behind `c2c_` or `group_`.
    InvalidId = 3,
    /// The account's name cannot name a store.
    InvalidAccount = 4,
    /// The text is too long. The draft before it is intact.
    TextTooLong = 5,
    /// The extra is too long. The draft before it is intact.
    ExtraTooLong = 6,
    /// A fact of the host is too long.
    FactTooLong = 7,
    /// The draft has changed since the revision this write is based on. Nothing was changed; the error tells what is there.
    Conflict = 8,
    /// The store is in use by another handle.
    InUse = 9,
    /// The store is closed.
    Closed = 10,
    /// An earlier write failed: resume or open the store anew to write again. Reads go on.
    Poisoned = 11,
    /// The disk is full. Nothing was lost; writes work again when there is room.
    DiskFull = 12,
    /// The file is open elsewhere.
    Locked = 13,
    /// The file or a record in it is damaged. It was left as it is.
    Corrupt = 14,
    /// The file is something else than a store of drafts. It was left as it is.
    Foreign = 15,
    /// The file was written by a newer version. It was left as it is.
    SchemaTooNew = 16,
    /// The file, or its folder, does not exist.
    NotFound = 17,
    /// No permission to read and write the file.
    PermissionDenied = 18,
    /// The path cannot name a store.
    InvalidPath = 19,
    /// The address of a store has no known engine in front of its first colon.
    UnknownEngine = 20,
    /// This build has no such engine.
    EngineNotEnabled = 21,
    /// The target of a copy was written to before.
    NotEmpty = 22,
    /// The system failed to read or write. Whether a write under way was kept is unknown until the store is opened anew.
    Io = 23,
    /// A fault inside the library.
    Internal = 24,
    /// There is no text that could be sent.
    NothingToSend = 25,
    /// A text could not be saved. It is still in memory, and saving goes on.
    Unsaved = 26,
    /// The store is suspended: resume it to read and write again.
    Suspended = 27,
    /// The call was made on a thread of the store's, inside a wake-up, where it would wait for itself. Nothing was done.
    WouldDeadlock = 28,
    /// The text is not being sent any more: it was confirmed, aborted, or deleted with its conversation. Nothing was changed.
    NotPending = 29,
}

/// Why a call failed.
pub struct drafts_error {
    status: drafts_status,
    message: String,
    current: Option<Box<DraftState>>,
    /// What `current` shows to C.
    view: Option<drafts_draft>,
}

// SAFETY: the pointers of `view` lead into `current`, which it owns and nobody changes.
unsafe impl Send for drafts_error {}

impl drafts_error {
    fn new(status: drafts_status, message: String) -> Self {
        Self { status, message, current: None, view: None }
    }

    pub(crate) fn null(name: &'static str) -> Self {
        Self::new(drafts_status::NullArgument, format!("the argument {name} is NULL"))
    }

    pub(crate) fn not_text(name: &'static str) -> Self {
        Self::new(drafts_status::NotText, format!("the argument {name} is not UTF-8"))
    }

    pub(crate) fn status(&self) -> drafts_status {
        self.status
    }
}

impl From<Interrupted> for drafts_error {
    fn from(interrupted: Interrupted) -> Self {
        let status = match interrupted {
            Interrupted::Panicked => drafts_status::Internal,
            Interrupted::Abandoned => drafts_status::Closed,
        };
        Self::new(status, interrupted.to_string())
    }
}

impl From<Error> for drafts_error {
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        if let Some(source) = std::error::Error::source(&error) {
            message.push_str(&format!(" ({source})"));
        }
        let mut told = Self::new(status_of(&error), message);
        if let Error::Conflict { current } = error {
            told.view = current.draft().map(drafts_draft::of);
            told.current = Some(current);
        }
        told
    }
}

fn status_of(error: &Error) -> drafts_status {
    match error {
        Error::InvalidId { .. } => drafts_status::InvalidId,
        Error::InvalidAccount { .. } => drafts_status::InvalidAccount,
        Error::TextTooLong { .. } => drafts_status::TextTooLong,
        Error::ExtraTooLong { .. } => drafts_status::ExtraTooLong,
        Error::FactTooLong { .. } => drafts_status::FactTooLong,
        Error::Conflict { .. } => drafts_status::Conflict,
        Error::NothingToSend => drafts_status::NothingToSend,
        Error::NotPending => drafts_status::NotPending,
        Error::Unsaved { .. } => drafts_status::Unsaved,
        Error::Suspended => drafts_status::Suspended,
        Error::WouldDeadlock => drafts_status::WouldDeadlock,
        Error::InUse => drafts_status::InUse,
        Error::Closed => drafts_status::Closed,
        Error::Poisoned => drafts_status::Poisoned,
        Error::DiskFull => drafts_status::DiskFull,
        Error::Locked => drafts_status::Locked,
        Error::Corrupt { .. } => drafts_status::Corrupt,
        Error::Foreign => drafts_status::Foreign,
        Error::SchemaTooNew { .. } => drafts_status::SchemaTooNew,
        Error::NotFound => drafts_status::NotFound,
        Error::PermissionDenied => drafts_status::PermissionDenied,
        Error::InvalidPath { .. } => drafts_status::InvalidPath,
        Error::UnknownEngine => drafts_status::UnknownEngine,
        Error::EngineNotEnabled { .. } => drafts_status::EngineNotEnabled,
        Error::NotEmpty => drafts_status::NotEmpty,
        Error::Io { .. } => drafts_status::Io,
        _ => drafts_status::Internal,
    }
}

/// The status of an error; `OK` of NULL.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_error_status(error: *const drafts_error) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { error.as_ref() }.map_or(drafts_status::Ok, |error| error.status)
}

/// What went wrong, as a sentence for the developer, without any draft's text or id. It lives as long as the error.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_error_message(error: *const drafts_error) -> drafts_text {
    // SAFETY: the caller vouches for it.
    unsafe { error.as_ref() }.map_or(drafts_text::NONE, |error| drafts_text::of(&error.message))
}

/// Of a conflict: the draft that is there now, NULL if there is none. It lives as long as the error.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_error_current(error: *const drafts_error) -> *const drafts_draft {
    // SAFETY: the caller vouches for it.
    let view = unsafe { error.as_ref() }.and_then(|error| error.view.as_ref());
    view.map_or(std::ptr::null(), std::ptr::from_ref)
}

/// Of a conflict: the revision of what is there now, or of its absence, the base for another attempt; otherwise 0.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_error_current_revision(error: *const drafts_error) -> u64 {
    // SAFETY: the caller vouches for it.
    let current = unsafe { error.as_ref() }.and_then(|error| error.current.as_ref());
    current.map_or(0, |current| current.revision().get())
}

/// Frees an error. NULL is fine.
///
/// # Safety
/// `error` is NULL, or an error that a function of this library gave to its caller and that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_error_free(error: *mut drafts_error) {
    // SAFETY: the caller vouches for it.
    unsafe { free(error) };
}
