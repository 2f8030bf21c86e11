//! What is typed and not saved, and calls about all of it.

use std::ffi::c_void;
use std::time::Duration;

use chat_drafts::ConversationId;
use chat_drafts_session::Unsaved;

use crate::answer::{on_done, on_outcome, then, told, wait};
use crate::pointer::{free, give, required};
use crate::{
    drafts_error, drafts_on_done, drafts_on_outcome, drafts_outcome, drafts_status, drafts_store, drafts_text, prepare,
};

/// Saves every text that is not saved yet. `UNSAVED` if one cannot be saved: it stays in memory, and saving is tried again.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; `error` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_flush(store: *const drafts_store, error: *mut *mut drafts_error) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, prepare::flush, error, |()| ()) }
}

/// `drafts_flush`, answered by a callback.
///
/// # Safety
/// `store` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_flush_then(
    store: *const drafts_store,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, prepare::flush, on_done(answer, user)) }
}

/// `drafts_flush` for no longer than so many milliseconds: for the moment in which a system tells an app that it goes to the
/// background. If the time was not enough it answers `UNSAVED`, and saving goes on. Also inside a callback.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; `error` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_flush_within(
    store: *const drafts_store,
    millis: u64,
    error: *mut *mut drafts_error,
) -> drafts_status {
    let act = || {
        // SAFETY: the caller vouches for it.
        let store = unsafe { required(store, "store") }?;
        Ok(store.host.drafts.blocking().flush_within(Duration::from_millis(millis))?)
    };
    // SAFETY: the caller vouches for it.
    unsafe { told(error, act) }
}

/// Saves what is typed, closes the files and releases every lock, until `drafts_resume`. Until then all that needs the store
/// answers `SUSPENDED`; composers go on in memory. `UNSAVED` if a text could not be saved; the files are closed all the same.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; `error` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_suspend(store: *const drafts_store, error: *mut *mut drafts_error) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, prepare::suspend, error, |()| ()) }
}

/// `drafts_suspend`, answered by a callback.
///
/// # Safety
/// `store` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_suspend_then(
    store: *const drafts_store,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, prepare::suspend, on_done(answer, user)) }
}

/// Brings back the draft that was cleared last in this conversation. `CONFLICT` if it has a text by now; without anything to
/// bring back nothing changes. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_undo_clear(
    store: *const drafts_store,
    id: drafts_text,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::undo_clear(id), error, |done| give(outcome, done.into())) }
}

/// `drafts_undo_clear`, answered by a callback.
///
/// # Safety
/// As for `drafts_undo_clear`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_undo_clear_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::undo_clear(id), on_outcome(answer, user)) }
}

/// The texts that are not saved at one moment.
pub struct drafts_unsaved_list(Vec<(ConversationId, String)>);

impl drafts_unsaved_list {
    pub(crate) fn into_raw(unsaved: Vec<Unsaved>) -> *mut Self {
        Box::into_raw(Box::new(Self(unsaved.into_iter().map(|unsaved| (unsaved.id, unsaved.text)).collect())))
    }
}

/// The texts that are not saved, for a host that wants to keep them by other means. Free the list by
/// `drafts_unsaved_list_free`; NULL without a store.
///
/// # Safety
/// `store` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_unsaved(store: *const drafts_store) -> *mut drafts_unsaved_list {
    // SAFETY: the caller vouches for it.
    match unsafe { store.as_ref() } {
        Some(store) => Box::into_raw(Box::new(drafts_unsaved_list(store.host.drafts.unsaved()))),
        None => std::ptr::null_mut(),
    }
}

/// How many texts there are.
///
/// # Safety
/// `unsaved` is NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_unsaved_list_count(unsaved: *const drafts_unsaved_list) -> usize {
    // SAFETY: the caller vouches for it.
    unsafe { unsaved.as_ref() }.map_or(0, |unsaved| unsaved.0.len())
}

/// A text of the list, counted from 0, and whose it is, for as long as the list lives; `false` behind the last.
///
/// # Safety
/// `unsaved` is NULL or a list that was not freed; `id` and `text` are NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_unsaved_list_get(
    unsaved: *const drafts_unsaved_list,
    index: usize,
    id: *mut drafts_text,
    text: *mut drafts_text,
) -> bool {
    // SAFETY: the caller vouches for it.
    let Some((of, unsaved)) = unsafe { unsaved.as_ref() }.and_then(|unsaved| unsaved.0.get(index)) else {
        return false;
    };
    // SAFETY: the caller vouches for it.
    unsafe {
        give(id, drafts_text::of(of.as_str()));
        give(text, drafts_text::of(unsaved));
    }
    true
}

/// Frees a list. NULL is fine.
///
/// # Safety
/// `unsaved` is NULL, or a list that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_unsaved_list_free(unsaved: *mut drafts_unsaved_list) {
    // SAFETY: the caller vouches for it.
    unsafe { free(unsaved) };
}

/// What saving while somebody types has come to since the store was opened.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct drafts_stats {
    /// Edits: texts a composer was given that differ from the one before.
    pub edits: u64,
    /// How often the text of a conversation was saved.
    pub saves: u64,
    /// Edits that needed no save of their own.
    pub coalesced: u64,
    /// Transactions these saves took.
    pub commits: u64,
    /// The most saves that shared one.
    pub largest_commit: u64,
    /// Transactions of the store that wrote something, whoever called.
    pub transactions: u64,
    /// Calls that were written in them.
    pub calls: u64,
    /// The most calls that shared one.
    pub largest_group: u64,
    /// How many of them waited for the disk.
    pub flushes: u64,
    /// How often the thread that saves was woken or started.
    pub wakes: u64,
    /// How long half of these transactions took at most, in microseconds.
    pub latency_p50: u64,
    /// How long all but one in a hundred took at most, in microseconds.
    pub latency_p99: u64,
    /// The longest, in microseconds.
    pub latency_max: u64,
    /// Conversations whose text is not saved at this moment.
    pub unsaved: u64,
}

/// Writes what saving has come to; `false` without a store.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; `stats` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_get_stats(store: *const drafts_store, stats: *mut drafts_stats) -> bool {
    // SAFETY: the caller vouches for it.
    let Some(store) = (unsafe { store.as_ref() }) else { return false };
    let found = store.host.drafts.stats();
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let found = drafts_stats {
        edits: found.edits,
        saves: found.saves,
        coalesced: found.coalesced,
        commits: found.commits,
        largest_commit: found.largest_commit,
        transactions: found.transactions,
        calls: found.calls,
        largest_group: found.largest_group,
        flushes: found.flushes,
        wakes: found.wakes,
        latency_p50: micros(found.latency_p50),
        latency_p99: micros(found.latency_p99),
        latency_max: micros(found.latency_max),
        unsaved: found.unsaved,
    };
    // SAFETY: the caller vouches for it.
    unsafe { give(stats, found) };
    true
}
