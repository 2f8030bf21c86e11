//! A composer, as C sees it.

use std::ffi::c_void;
use std::sync::Arc;

use chat_drafts::{Composer, DraftState, Keep, Receipt};

use crate::answer::{Hosted, Result, Work, on_done, on_given, then, then_on, told, wait, wait_on, work};
use crate::draft::into_owned;
use crate::pointer::{self, free, free_owned, give, place, required};
use crate::sending::{drafts_on_ticket, on_ticket};
use crate::{
    drafts_draft, drafts_error, drafts_on_done, drafts_status, drafts_store, drafts_text, drafts_ticket, prepare,
};

/// The input field of one conversation: edits touch memory only and are saved behind, after 300 ms without an edit, and 2 s
/// after the first at the latest. It may be used from any thread, and outlives its store, after whose closing it takes no
/// edit.
pub struct drafts_composer {
    pub(crate) composer: Arc<Composer>,
    pub(crate) host: Hosted,
}

/// What a composer keeps in a conflict.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum drafts_keep {
    /// What was typed here.
    Ours = 0,
    /// What is stored.
    Theirs = 1,
    /// What is stored, a newline, and what was typed here.
    Both = 2,
}

/// What any number of the caller's means; what is no choice keeps both, which loses nothing.
pub(crate) fn keep(number: i32) -> Keep {
    match number {
        0 => Keep::Ours,
        1 => Keep::Theirs,
        _ => Keep::Both,
    }
}

/// Hears of a composer that was opened and is the host's from now on, to be freed by `drafts_composer_free`; NULL if there is
/// an error.
pub type drafts_on_composer =
    Option<unsafe extern "C" fn(user: *mut c_void, composer: *mut drafts_composer, error: *const drafts_error)>;

impl drafts_composer {
    fn into_raw(composer: Composer, host: Hosted) -> *mut Self {
        Box::into_raw(Box::new(Self { composer: Arc::new(composer), host }))
    }

    fn edit(&self, text: drafts_text) -> Result<Receipt> {
        // SAFETY: the caller vouches for it.
        let text = unsafe { text.optional("text") }?.unwrap_or_default();
        Ok(self.composer.set_text(text)?)
    }
}

/// Opens the input field of a conversation: what was typed there is restored. Free the composer by `drafts_composer_free`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_compose(
    store: *const drafts_store,
    id: drafts_text,
    composer: *mut *mut drafts_composer,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        wait(
            store,
            || {
                place(composer, "composer")?;
                prepare::compose(id)
            },
            error,
            // A store that is NULL has answered already.
            |opened| give(composer, drafts_composer::into_raw(opened, (*store).host.clone())),
        )
    }
}

/// `drafts_compose`, answered by a callback.
///
/// # Safety
/// As for `drafts_compose`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_compose_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_composer,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        let host = store.as_ref().map(|store| store.host.clone());
        then(store, || prepare::compose(id), on_given(host, answer, user, drafts_composer::into_raw))
    }
}

/// The text as it is now, to be freed by `drafts_text_free`; NULL without a composer.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_text(composer: *const drafts_composer) -> *mut drafts_text {
    // SAFETY: the caller vouches for it.
    let text = unsafe { composer.as_ref() }.map(|composer| composer.composer.text());
    pointer::into_owned(text, |text| drafts_text::of(text))
}

/// The id of the conversation, after a rename the new one, to be freed by `drafts_text_free`; NULL without a composer.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_id(composer: *const drafts_composer) -> *mut drafts_text {
    // SAFETY: the caller vouches for it.
    let id = unsafe { composer.as_ref() }.map(|composer| composer.composer.id().as_str().to_owned());
    pointer::into_owned(id, |id| drafts_text::of(id))
}

/// Frees a text that `drafts_composer_text` or `drafts_composer_id` gave. NULL is fine.
///
/// # Safety
/// `text` is NULL, or one of those, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_text_free(text: *mut drafts_text) {
    // SAFETY: what those functions give was made by `into_owned`; the caller vouches for the rest.
    unsafe { free_owned::<drafts_text, String>(text) };
}

/// Takes the text as it is after an edit; an empty or NULL one clears the draft when it is saved. Touches memory only and
/// never waits. `TEXT_TOO_LONG`; `CLOSED` once the store is closed.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_set_text(
    composer: *const drafts_composer,
    text: drafts_text,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { told(error, || required(composer, "composer")?.edit(text).map(drop)) }
}

/// `drafts_composer_set_text`; the callback comes when that text, or a newer one of the conversation, is on the disk, or says
/// why not. The text is taken before this returns.
///
/// # Safety
/// As for `drafts_composer_set_text`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_set_text_then(
    composer: *const drafts_composer,
    text: drafts_text,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    let edited = |composer: &drafts_composer| {
        let receipt = composer.edit(text)?;
        work(|_| receipt.saved())
    };
    // SAFETY: the caller vouches for it.
    unsafe { then_on(composer, "composer", |composer| (&composer.host, edited(composer)), on_done(answer, user)) }
}

fn flush(composer: &drafts_composer) -> Result<Work<()>> {
    let composer = Arc::clone(&composer.composer);
    work(|_| async move { composer.flush().await })
}

/// Saves the text. `CONFLICT` if somebody else has changed the draft.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed; `error` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_flush(
    composer: *const drafts_composer,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait_on(composer, "composer", |composer| (&composer.host, flush(composer)), error, |()| ()) }
}

/// `drafts_composer_flush`, answered by a callback.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_flush_then(
    composer: *const drafts_composer,
    answer: drafts_on_done,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then_on(composer, "composer", |composer| (&composer.host, flush(composer)), on_done(answer, user)) }
}

/// Takes the text out of the draft, to be sent: `drafts_begin_send` of the composer's conversation.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed; every other pointer is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_begin_send(
    composer: *const drafts_composer,
    ticket: *mut *mut drafts_ticket,
    error: *mut *mut drafts_error,
) -> drafts_status {
    let begin = |composer: &drafts_composer| {
        // SAFETY: the caller vouches for it.
        unsafe { place(ticket, "ticket") }?;
        prepare::begin_send(composer.composer.id())
    };
    // SAFETY: the caller vouches for it; a composer that is NULL has answered already.
    unsafe {
        wait_on(
            composer,
            "composer",
            |composer| (&composer.host, begin(composer)),
            error,
            |begun| {
                give(ticket, drafts_ticket::into_owned(begun, (*composer).host.clone()));
            },
        )
    }
}

/// `drafts_composer_begin_send`, answered by a callback.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_begin_send_then(
    composer: *const drafts_composer,
    answer: drafts_on_ticket,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    let host = unsafe { composer.as_ref() }.map(|composer| composer.host.clone());
    // SAFETY: the caller vouches for it.
    unsafe {
        then_on(
            composer,
            "composer",
            |composer| (&composer.host, prepare::begin_send(composer.composer.id())),
            on_ticket(host, answer, user),
        )
    }
}

/// Whether somebody else has changed the draft, so that the text cannot be saved over it. `stored` is then what they have
/// stored, to be freed by `drafts_draft_free`; NULL if they have cleared it. It may be NULL.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed; `stored` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_conflict(
    composer: *const drafts_composer,
    stored: *mut *mut drafts_draft,
) -> bool {
    // SAFETY: the caller vouches for it.
    let conflict = unsafe { composer.as_ref() }.and_then(|composer| composer.composer.conflict());
    let is_conflict = conflict.is_some();
    if !stored.is_null() {
        let draft = conflict.and_then(|current| match current {
            DraftState::Present(draft) => Some(draft),
            DraftState::Absent(_) => None,
        });
        // SAFETY: the caller vouches for it.
        unsafe { give(stored, into_owned(draft)) };
    }
    is_conflict
}

/// Ends a conflict by this choice, a `drafts_keep`; says whether there was one. `drafts_composer_text` is what is kept.
///
/// # Safety
/// `composer` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_resolve(composer: *const drafts_composer, choice: i32) -> bool {
    // SAFETY: the caller vouches for it.
    unsafe { composer.as_ref() }.is_some_and(|composer| composer.composer.resolve(keep(choice)))
}

/// Leaves the conversation: what is not saved is saved behind, and in a conflict both texts are kept. NULL is fine.
///
/// # Safety
/// `composer` is NULL, or a handle that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_composer_free(composer: *mut drafts_composer) {
    // SAFETY: the caller vouches for it.
    unsafe { free(composer) };
}
