//! The calls on a store's conversations, in both forms, as those on its drafts.

use std::ffi::c_void;

use crate::answer::{on_conversation, on_done, on_outcome, on_page, then, wait};
use crate::conversation::into_owned;
use crate::pointer::{give, place};
use crate::{
    drafts_conversation, drafts_cursor, drafts_error, drafts_on_conversation, drafts_on_done, drafts_on_outcome,
    drafts_on_page, drafts_outcome, drafts_page, drafts_status, drafts_store, drafts_text, drafts_update, prepare,
};

/// A conversation; NULL if it is not known. Free it by `drafts_conversation_free`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_get(
    store: *const drafts_store,
    id: drafts_text,
    conversation: *mut *mut drafts_conversation,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        wait(
            store,
            || {
                place(conversation, "conversation")?;
                prepare::conversation(id)
            },
            error,
            |found| give(conversation, into_owned(found)),
        )
    }
}

/// `drafts_conversation_get`, answered by a callback.
///
/// # Safety
/// As for `drafts_conversation_get`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_get_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_conversation,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::conversation(id), on_conversation(answer, user)) }
}

/// All conversations that are known, highest order key first, as `drafts_list`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_list(
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
                prepare::conversations(after, limit)
            },
            error,
            |found| give(page, drafts_page::into_owned(found)),
        )
    }
}

/// `drafts_conversation_list`, answered by a callback.
///
/// # Safety
/// As for `drafts_conversation_list`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_list_then(
    store: *const drafts_store,
    after: *const drafts_cursor,
    limit: usize,
    answer: drafts_on_page,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::conversations(after, limit), on_page(answer, user)) }
}

/// Tells facts of a conversation. The update stays the caller's. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_update(
    store: *const drafts_store,
    id: drafts_text,
    update: *const drafts_update,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::update(id, update), error, |done| give(outcome, done.into())) }
}

/// `drafts_conversation_update`, answered by a callback.
///
/// # Safety
/// As for `drafts_conversation_update`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_update_then(
    store: *const drafts_store,
    id: drafts_text,
    update: *const drafts_update,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::update(id, update), on_outcome(answer, user)) }
}

/// Tells facts of many conversations, all or nothing. For a first import give them in ascending order of last activity.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_update_many(
    store: *const drafts_store,
    ids: *const drafts_text,
    updates: *const *const drafts_update,
    count: usize,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::update_many(ids, updates, count), error, |()| ()) }
}

/// `drafts_conversation_update_many`, answered by a callback.
///
/// # Safety
/// As for `drafts_conversation_update_many`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_update_many_then(
    store: *const drafts_store,
    ids: *const drafts_text,
    updates: *const *const drafts_update,
    count: usize,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::update_many(ids, updates, count), on_done(answer, user)) }
}

/// Pins a conversation above all that are not, or unpins it. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_pin(
    store: *const drafts_store,
    id: drafts_text,
    pinned: bool,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::pin(id, pinned), error, |done| give(outcome, done.into())) }
}

/// `drafts_conversation_pin`, answered by a callback.
///
/// # Safety
/// As for `drafts_conversation_pin`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_pin_then(
    store: *const drafts_store,
    id: drafts_text,
    pinned: bool,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::pin(id, pinned), on_outcome(answer, user)) }
}

/// Gives a conversation another id, in one commit. If the new id is known already both are one from then on: its draft
/// stands first, then a newline, then the old one's; its facts win. What is not known changes nothing. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_rename(
    store: *const drafts_store,
    from: drafts_text,
    to: drafts_text,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::rename(from, to), error, |done| give(outcome, done.into())) }
}

/// `drafts_conversation_rename`, answered by a callback.
///
/// # Safety
/// As for `drafts_conversation_rename`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_rename_then(
    store: *const drafts_store,
    from: drafts_text,
    to: drafts_text,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::rename(from, to), on_outcome(answer, user)) }
}

/// Forgets a conversation, its draft included. One that is not there is fine. `outcome` may be NULL.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_delete(
    store: *const drafts_store,
    id: drafts_text,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(store, || prepare::delete(id), error, |done| give(outcome, done.into())) }
}

/// `drafts_conversation_delete`, answered by a callback.
///
/// # Safety
/// As for `drafts_conversation_delete`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_delete_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then(store, || prepare::delete(id), on_outcome(answer, user)) }
}
