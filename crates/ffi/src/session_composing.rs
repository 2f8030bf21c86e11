//! The session's composers and tickets: what its wrappers show of typing and sending.

use std::ffi::c_void;
use std::time::Duration;

use chat_drafts_session::{Composer, Result, Session, Ticket};

use crate::composer::keep;
use crate::draft::into_owned;
use crate::pointer::{self, Owned, User, free, free_owned, give, guarded};
use crate::session::with;
use crate::session_answers::{on_done, told};
use crate::{drafts_draft, drafts_session, drafts_session_on_done, drafts_text};

/// The input field of one conversation. It may be used from any thread, and outlives a logout, after which it takes no edit.
pub struct drafts_session_composer(Composer);

/// A text that has left its draft to be sent. Only the library makes one. Freeing it without a word keeps the text, for
/// `drafts_session_tickets`.
#[repr(C)]
pub struct drafts_session_ticket {
    /// The number of the sending; after a restart the ticket of the same text has the same.
    pub number: u64,
    /// The conversation it is of.
    pub id: drafts_text,
    /// The text to send.
    pub text: drafts_text,
}

/// Hears of a composer that is the host's from now on, to be freed by `drafts_session_composer_free`; NULL if `code` is not 0.
pub type drafts_session_on_composer = Option<
    unsafe extern "C" fn(user: *mut c_void, code: i32, sentence: drafts_text, composer: *mut drafts_session_composer),
>;

/// Hears of tickets, each of which is the host's from now on, to be freed by `drafts_session_ticket_free`; one after
/// `drafts_session_begin_send`, none if `code` is not 0.
pub type drafts_session_on_tickets = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        code: i32,
        sentence: drafts_text,
        tickets: *const *mut drafts_session_ticket,
        count: usize,
    ),
>;

fn on_tickets(callback: drafts_session_on_tickets, user: *mut c_void) -> impl FnOnce(Result<Vec<Ticket>>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            let (code, sentence) = told(&answer);
            let given: Vec<_> = answer.iter().flatten().cloned().map(drafts_session_ticket::into_raw).collect();
            // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
            unsafe { callback(user.get(), code, sentence, given.as_ptr(), given.len()) };
        }
    }
}

fn on_ticket(callback: drafts_session_on_tickets, user: *mut c_void) -> impl FnOnce(Result<Ticket>) + Send {
    let hear = on_tickets(callback, user);
    |answer| hear(answer.map(|ticket| vec![ticket]))
}

impl drafts_session_ticket {
    fn into_raw(ticket: Ticket) -> *mut Self {
        pointer::into_owned(Some(ticket), |ticket| Self {
            number: ticket.number(),
            id: drafts_text::of(ticket.id().as_str()),
            text: drafts_text::of(ticket.text()),
        })
    }
}

/// Does something with a composer, if there is one.
///
/// # Safety
/// `composer` is NULL or one that was not freed.
unsafe fn by<T>(composer: *const drafts_session_composer, otherwise: T, act: impl FnOnce(&Composer) -> T) -> T {
    // SAFETY: the caller vouches for it.
    match unsafe { composer.as_ref() } {
        Some(composer) => guarded(otherwise, || act(&composer.0)),
        None => otherwise,
    }
}

/// Does something with a ticket, if there is one.
///
/// # Safety
/// `ticket` is NULL or one that was not freed.
unsafe fn of(ticket: *const drafts_session_ticket, act: impl FnOnce(&Ticket)) {
    // SAFETY: the library makes tickets by `into_owned`; the caller vouches for the rest.
    if let Some(owned) = unsafe { ticket.cast::<Owned<drafts_session_ticket, Ticket>>().as_ref() } {
        guarded((), || act(owned.value()));
    }
}

/// Opens the input field of a conversation: what was typed there is restored.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the id's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_compose(
    session: *const drafts_session,
    id: drafts_text,
    answer: drafts_session_on_composer,
    user: *mut c_void,
) {
    let user = User::new(user);
    let opened = move |opened: Result<Composer>| {
        let Some(answer) = answer else { return };
        let (code, sentence) = told(&opened);
        let composer = opened.as_ref().ok().cloned();
        let composer = composer
            .map_or(std::ptr::null_mut(), |composer| Box::into_raw(Box::new(drafts_session_composer(composer))));
        // SAFETY: the callback is the host's, called as its type says; the sentence lives until it returns.
        unsafe { answer(user.get(), code, sentence, composer) };
    };
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.compose(id.read(), opened)) };
}

/// The text as it is now, to be freed by `drafts_text_free`; NULL without a composer.
///
/// # Safety
/// `composer` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_text(composer: *const drafts_session_composer) -> *mut drafts_text {
    // SAFETY: the caller vouches for it.
    let text = unsafe { by(composer, None, |composer| Some(composer.text())) };
    pointer::into_owned(text, |text| drafts_text::of(text))
}

/// The id of the conversation, after a rename the new one, to be freed by `drafts_text_free`; NULL without a composer.
///
/// # Safety
/// `composer` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_id(composer: *const drafts_session_composer) -> *mut drafts_text {
    // SAFETY: the caller vouches for it.
    let id = unsafe { by(composer, None, |composer| Some(composer.id().as_str().to_owned())) };
    pointer::into_owned(id, |id| drafts_text::of(id))
}

/// Takes the text as it is after an edit; an empty or NULL one clears the draft when it is saved. Touches memory only and
/// never waits. 0, or 6017 about the text, or 6014 once the user is logged out.
///
/// # Safety
/// `composer` is NULL or one that was not freed; the text's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_set_text(
    composer: *const drafts_session_composer,
    text: drafts_text,
) -> i32 {
    // SAFETY: the caller vouches for it.
    unsafe { by(composer, 6017, |composer| told(&composer.set_text(text.read())).0) }
}

/// `drafts_session_composer_set_text`; the answer comes when that text, or a newer one, is on the disk, or says why not.
///
/// # Safety
/// As for `drafts_session_composer_set_text`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_set_text_then(
    composer: *const drafts_session_composer,
    text: drafts_text,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { by(composer, (), |composer| composer.set_text_then(text.read(), on_done(answer, user))) };
}

/// Saves the text.
///
/// # Safety
/// `composer` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_flush(
    composer: *const drafts_session_composer,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { by(composer, (), |composer| composer.flush(on_done(answer, user))) };
}

/// Takes the text out of the draft, to be sent.
///
/// # Safety
/// `composer` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_begin_send(
    composer: *const drafts_session_composer,
    answer: drafts_session_on_tickets,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { by(composer, (), |composer| composer.begin_send(on_ticket(answer, user))) };
}

/// Whether somebody else has changed the draft, so that the text cannot be saved over it. `stored` is then what they have
/// stored, to be freed by `drafts_draft_free`; NULL if they have cleared it. It may be NULL.
///
/// # Safety
/// `composer` is NULL or one that was not freed; `stored` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_conflict(
    composer: *const drafts_session_composer,
    stored: *mut *mut drafts_draft,
) -> bool {
    // SAFETY: the caller vouches for it.
    let conflict = unsafe { by(composer, None, Composer::conflict) };
    let is_conflict = conflict.is_some();
    if !stored.is_null() {
        // SAFETY: the caller vouches for it.
        unsafe { give(stored, into_owned(conflict.flatten())) };
    }
    is_conflict
}

/// Ends a conflict by this choice, a `drafts_keep`; says whether there was one.
///
/// # Safety
/// `composer` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_resolve(
    composer: *const drafts_session_composer,
    choice: i32,
) -> bool {
    // SAFETY: the caller vouches for it.
    unsafe { by(composer, false, |composer| composer.resolve(keep(choice))) }
}

/// Leaves the conversation: what is not saved is saved behind. NULL is fine.
///
/// # Safety
/// `composer` is NULL, or one that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_composer_free(composer: *mut drafts_session_composer) {
    // SAFETY: the caller vouches for it.
    unsafe { free(composer) };
}

/// Takes the text of a conversation out of its draft, to be sent: what was typed last, saved or not.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the id's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_begin_send(
    session: *const drafts_session,
    id: drafts_text,
    answer: drafts_session_on_tickets,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.begin_send(id.read(), on_ticket(answer, user))) };
}

/// The texts of which nobody has said what became of them, also before a restart, in the order their sending began.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_tickets(
    session: *const drafts_session,
    answer: drafts_session_on_tickets,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.tickets(on_tickets(answer, user))) };
}

/// Deletes the text of a message that was sent. 6017 if it is not being sent any more. The ticket is still to be freed.
///
/// # Safety
/// `ticket` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_ticket_confirm(
    ticket: *const drafts_session_ticket,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { of(ticket, |ticket| ticket.confirm(on_done(answer, user))) };
}

/// Puts a text that was not sent in front of what was typed since, a newline between them. 6017 if it is not being sent any
/// more.
///
/// # Safety
/// `ticket` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_ticket_abort(
    ticket: *const drafts_session_ticket,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { of(ticket, |ticket| ticket.abort(on_done(answer, user))) };
}

/// Frees a ticket. NULL is fine.
///
/// # Safety
/// `ticket` is NULL, or one that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_ticket_free(ticket: *mut drafts_session_ticket) {
    // SAFETY: the library makes tickets by `into_owned` of these types; the caller vouches for the rest.
    unsafe { free_owned::<drafts_session_ticket, Ticket>(ticket) };
}

/// Saves everything that is typed.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_flush(
    session: *const drafts_session,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.flush(on_done(answer, user))) };
}

/// Saves everything that is typed, on this thread, for no longer than so many milliseconds; also inside a callback. 0, or the
/// code of what went wrong, 6019 if the time was not enough; saving goes on then.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_flush_within(session: *const drafts_session, millis: u64) -> i32 {
    let time = Duration::from_millis(millis);
    // SAFETY: the caller vouches for it.
    unsafe { with(session, 6013, |session| told(&Session::flush_within(session, time)).0) }
}

/// Saves what is typed, closes the files and releases every lock, until `drafts_session_resume`. Composers go on in memory.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_suspend(
    session: *const drafts_session,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.suspend(on_done(answer, user))) };
}

/// Opens the files again and saves what was typed meanwhile. Also after a write that failed.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_resume(
    session: *const drafts_session,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.resume(on_done(answer, user))) };
}

/// Brings back the draft that was cleared last in this conversation, if it has none by now.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the id's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_undo_clear(
    session: *const drafts_session,
    id: drafts_text,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.undo_clear(id.read(), on_done(answer, user))) };
}
