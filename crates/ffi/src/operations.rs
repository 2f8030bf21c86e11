//! The calls on a store, each twice: on the caller's thread, and answered by a callback.
//!
//! A call whose name ends in `_then` returns at once. Its callback comes exactly once, later, on the store's own thread;
//! NULL is no callback. It answers `NULL_ARGUMENT` if there is no store, and then no callback comes.

use std::ffi::c_void;

use chat_drafts::Draft;

use crate::answer::{on_done, on_draft, on_drafts, on_outcome, on_page, on_revision, then, wait};
use crate::draft::into_owned;
use crate::pointer::{give, place, required};
use crate::{
    drafts_bytes, drafts_cursor, drafts_draft, drafts_error, drafts_on_done, drafts_on_draft, drafts_on_drafts,
    drafts_on_outcome, drafts_on_page, drafts_on_revision, drafts_outcome, drafts_page, drafts_status, drafts_store,
    drafts_text, prepare,
};

/// # Safety
/// There is room for all of them.
unsafe fn give_all(place: *mut *mut drafts_draft, found: Vec<Option<Draft>>) {
    for (index, found) in found.into_iter().enumerate() {
        // SAFETY: the caller vouches for the room.
        unsafe { place.add(index).write(into_owned(found)) };
    }
}

/// Sets the text of a draft; an empty or NULL one clears it. The extra stays as it is. It is on the disk when this answers
/// `OK`. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_set(
    store: *const drafts_store,
    id: drafts_text,
    text: drafts_text,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::set(id, text), error, |done| give(outcome, done.into())) }
}

/// `drafts_set`, answered by a callback.
///
/// # Safety
/// As for `drafts_set`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_set_then(
    store: *const drafts_store,
    id: drafts_text,
    text: drafts_text,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::set(id, text), on_outcome(answer, user)) }
}

/// Sets a text together with its extra, and if `base` is given only if the draft, or its absence, still has this revision:
/// otherwise `CONFLICT`, and the error tells what is there. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_set_with(
    store: *const drafts_store,
    id: drafts_text,
    text: drafts_text,
    extra: drafts_bytes,
    base: *const u64,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::set_with(id, text, extra, base), error, |done| give(outcome, done.into())) }
}

/// `drafts_set_with`, answered by a callback.
///
/// # Safety
/// As for `drafts_set_with`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_set_with_then(
    store: *const drafts_store,
    id: drafts_text,
    text: drafts_text,
    extra: drafts_bytes,
    base: *const u64,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::set_with(id, text, extra, base), on_outcome(answer, user)) }
}

/// Clears a draft, its extra included. Clearing what is not there is fine. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_clear(
    store: *const drafts_store,
    id: drafts_text,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::set(id, drafts_text::NONE), error, |done| give(outcome, done.into())) }
}

/// `drafts_clear`, answered by a callback.
///
/// # Safety
/// As for `drafts_clear`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_clear_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::set(id, drafts_text::NONE), on_outcome(answer, user)) }
}

/// The draft of a conversation; NULL if it has none. Free it by `drafts_draft_free`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_get(
    store: *const drafts_store,
    id: drafts_text,
    draft: *mut *mut drafts_draft,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        wait(
            store,
            || {
                place(draft, "draft")?;
                prepare::get(id)
            },
            error,
            |found| give(draft, into_owned(found)),
        )
    }
}

/// `drafts_get`, answered by a callback.
///
/// # Safety
/// As for `drafts_get`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_get_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_draft,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::get(id), on_draft(answer, user)) }
}

/// The drafts of these conversations, all of one moment, in `drafts`, which has room for `count`; NULL where there is none.
/// Free each by `drafts_draft_free`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_get_many(
    store: *const drafts_store,
    ids: *const drafts_text,
    count: usize,
    drafts: *mut *mut drafts_draft,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        wait(
            store,
            || {
                required(drafts, "drafts")?;
                prepare::get_many(ids, count)
            },
            error,
            |found| give_all(drafts, found),
        )
    }
}

/// `drafts_get_many`, answered by a callback.
///
/// # Safety
/// As for `drafts_get_many`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_get_many_then(
    store: *const drafts_store,
    ids: *const drafts_text,
    count: usize,
    answer: drafts_on_drafts,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::get_many(ids, count), on_drafts(answer, user)) }
}

/// The conversations that have a draft, highest order key first: up to `limit`, behind `after` if it is given. Free the page by
/// `drafts_page_free`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_list(
    store: *const drafts_store,
    after: *const drafts_cursor,
    limit: usize,
    page: *mut *mut drafts_page,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        wait(
            store,
            || {
                place(page, "page")?;
                prepare::list(after, limit)
            },
            error,
            |found| give(page, drafts_page::into_owned(found)),
        )
    }
}

/// `drafts_list`, answered by a callback.
///
/// # Safety
/// As for `drafts_list`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_list_then(
    store: *const drafts_store,
    after: *const drafts_cursor,
    limit: usize,
    answer: drafts_on_page,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::list(after, limit), on_page(answer, user)) }
}

/// The revision of a draft, or of its absence: the base for `drafts_set_with`. Read it before the text it belongs to.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_revision(
    store: *const drafts_store,
    id: drafts_text,
    revision: *mut u64,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::revision(id), error, |found| give(revision, found.get())) }
}

/// `drafts_revision`, answered by a callback.
///
/// # Safety
/// As for `drafts_revision`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_revision_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_revision,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::revision(id), on_revision(answer, user)) }
}

/// Opens the store's files anew, after `drafts_suspend`, and so that writes work again after `POISONED`. What was not saved
/// meanwhile is saved then.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_resume(store: *const drafts_store, error: *mut *mut drafts_error) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, prepare::resume, error, |()| ()) }
}

/// `drafts_resume`, answered by a callback.
///
/// # Safety
/// As for `drafts_resume`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_resume_then(
    store: *const drafts_store,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, prepare::resume, on_done(answer, user)) }
}

/// Reads everything; `CORRUPT` if anything is damaged.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_check(store: *const drafts_store, error: *mut *mut drafts_error) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, prepare::check, error, |()| ()) }
}

/// `drafts_check`, answered by a callback.
///
/// # Safety
/// As for `drafts_check`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_check_then(
    store: *const drafts_store,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, prepare::check, on_done(answer, user)) }
}

/// Closes the store: saves what is typed (`UNSAVED` if that cannot be; the store stays open then), writes what was taken, closes the files, releases every lock. Every later call answers `CLOSED`; closing
/// again is fine. The handle is still to be freed.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_close(store: *const drafts_store, error: *mut *mut drafts_error) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, prepare::close, error, |()| ()) }
}

/// `drafts_close`, answered by a callback.
///
/// # Safety
/// As for `drafts_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_close_then(
    store: *const drafts_store,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, prepare::close, on_done(answer, user)) }
}

/// Copies everything, revisions, order and times included, into the store `target` of any engine, which was never written
/// to, and proves that it arrived. The source is only read.
///
/// # Safety
/// `store` and `target` are NULL or handles that were not freed; `error` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_copy(
    store: *const drafts_store,
    target: *const drafts_store,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::copy(target), error, |()| ()) }
}

/// `drafts_copy`, answered by a callback.
///
/// # Safety
/// As for `drafts_copy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_copy_then(
    store: *const drafts_store,
    target: *const drafts_store,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::copy(target), on_done(answer, user)) }
}
