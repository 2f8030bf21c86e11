//! The SDK's session: what the C++ classes and other wrappers are built on.
//!
//! Every call but `init` and `uninit` returns at once, and answers exactly once, later, on the session's own thread or on
//! the host's executor; NULL is no callback. A session that is NULL answers nothing.

use std::ffi::c_void;
use std::ptr;
use std::time::Duration;

use chat_drafts_session::{Config, ConversationKind, Failure, Filter, Session};

use crate::pointer::{array, free, guarded};
use crate::session_answers::{HostExecutor, HostListener, on_conversations, on_deleted, on_done, on_list, on_number};
use crate::{
    drafts_execute, drafts_session_on_deleted, drafts_session_on_done, drafts_session_on_event, drafts_session_on_list,
    drafts_session_on_number, drafts_text, drafts_unsaved_list, drafts_update,
};

/// One host's session: one user at a time. It may be used from any thread.
pub struct drafts_session(Session);

/// Does something with a session, if there is one.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
pub(crate) unsafe fn with<T>(session: *const drafts_session, otherwise: T, act: impl FnOnce(&Session) -> T) -> T {
    // SAFETY: the caller vouches for it.
    match unsafe { session.as_ref() } {
        Some(session) => guarded(otherwise, || act(&session.0)),
        None => otherwise,
    }
}

/// A session that is not initialised yet. Free it by `drafts_session_free`.
#[unsafe(no_mangle)]
pub extern "C" fn drafts_session_new() -> *mut drafts_session {
    Box::into_raw(Box::new(drafts_session(Session::default())))
}

/// Does what `drafts_session_uninit` does, as long as it takes, and frees the session. NULL is fine.
///
/// # Safety
/// `session` is NULL, or a session that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_free(session: *mut drafts_session) {
    // SAFETY: the caller vouches for it.
    unsafe {
        drafts_session_uninit(session);
        free(session);
    }
}

/// Makes the session usable: for the app of this number, with the accounts in this directory, each in a file of its own
/// made by `engine` (`sqlite` if it is NULL, `redb`, `memory`). Callbacks run by `execute` if it is given; `user` must
/// live until `drafts_session_uninit` has returned and every reply was run.
///
/// `false` about a configuration that cannot work, or about another one while the session is initialised. While an uninit
/// or, for another configuration, a logout is under way it waits for the files to be closed, five seconds at most, and not
/// for the answer; inside a callback it does not wait.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the texts' `data` are NULL or have `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_init(
    session: *const drafts_session,
    app: u32,
    directory: drafts_text,
    engine: drafts_text,
    execute: drafts_execute,
    user: *mut c_void,
) -> bool {
    // SAFETY: the caller vouches for it.
    unsafe {
        with(session, false, |session| {
            let (Ok(directory), Ok(engine)) = (directory.required("directory"), engine.optional("engine")) else {
                return false;
            };
            let mut config = Config::new(app, directory).store(engine.as_deref().unwrap_or("sqlite"));
            if let Some(executor) = HostExecutor::shared(execute, user) {
                config = config.executor(executor);
            }
            session.init(config)
        })
    }
}

/// `drafts_session_uninit_within` as long as the store writes one call after the other, and five seconds when it does not.
/// What could not be saved is lost.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_uninit(session: *const drafts_session) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| drop(session.uninit())) };
}

/// Logs out, waits until every call is answered and what was accepted is on the disk, and ends the session's thread. Gives
/// the texts that could not be saved, to be freed by `drafts_unsaved_list_free`; NULL if there are none. A text cannot be
/// saved if the disk is full, if somebody else has changed the draft and nobody has resolved that, if the session is
/// suspended, or if the time was not enough. The files are closed all the same, and nothing else keeps these texts.
///
/// Saving is tried once and takes no longer than so many milliseconds. A call that the store has not answered a second later
/// answers 6019; where the disk itself hangs, this returns after ten more seconds at most. Callbacks are waited for as long
/// as they take.
///
/// Inside a callback it cannot wait for the callbacks behind it: it waits for the disk, and they follow. With an executor
/// it waits until the executor has them.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_uninit_within(
    session: *const drafts_session,
    millis: u64,
) -> *mut drafts_unsaved_list {
    let time = Duration::from_millis(millis);
    // SAFETY: the caller vouches for it.
    let unsaved = unsafe { with(session, Vec::new(), |session| session.uninit_within(time)) };
    if unsaved.is_empty() { ptr::null_mut() } else { drafts_unsaved_list::into_raw(unsaved) }
}

/// Waits until what was accepted is on the disk, as long as `drafts_session_uninit`, and accepts nothing more, whatever
/// callbacks do meanwhile: for the end of a process, when one of them may never return.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_save(session: *const drafts_session) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| drop(session.save())) };
}

/// Opens the drafts of this user.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the id's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_login(
    session: *const drafts_session,
    user_id: drafts_text,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.login(user_id.read(), on_done(answer, user))) };
}

/// Closes the drafts of the user. They stay on the disk.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_logout(
    session: *const drafts_session,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.logout(on_done(answer, user))) };
}

/// Whether a user is logged in: 1 in, 2 logging in, 3 out.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_login_status(session: *const drafts_session) -> i32 {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, 3, |session| session.login_status() as i32) }
}

/// Writes the id of the user who is logged in to `buffer`, as much as there is room for, and says how many bytes it has: 32
/// at most, 0 if nobody is logged in.
///
/// # Safety
/// `session` is NULL or a session that was not freed; `buffer` is NULL or has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_login_user(
    session: *const drafts_session,
    buffer: *mut std::ffi::c_char,
    size: usize,
) -> usize {
    // SAFETY: the caller vouches for it.
    let user = unsafe { with(session, None, Session::login_user) }.unwrap_or_default();
    if !buffer.is_null() {
        // SAFETY: no more than there is room for, and the caller vouches for the room.
        unsafe { buffer.cast::<u8>().copy_from_nonoverlapping(user.as_ptr(), user.len().min(size)) };
    }
    user.len()
}

/// Sets the draft of a conversation; an empty or NULL text clears it. It is on the disk when the answer is 0.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the texts' `data` are NULL or have `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_set_draft(
    session: *const drafts_session,
    id: drafts_text,
    text: drafts_text,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.set_draft(id.read(), text.read(), on_done(answer, user))) };
}

/// Conversations by their ids, in this order; one that is not known is an empty one of its id.
///
/// # Safety
/// `session` is NULL or a session that was not freed; there are `count` ids, whose `data` are NULL or have `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_get_conversations(
    session: *const drafts_session,
    ids: *const drafts_text,
    count: usize,
    answer: drafts_session_on_list,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe {
        let ids = array(ids, count, "ids").unwrap_or_default();
        with(session, (), |session| {
            session.get_conversations(ids.iter().map(|id| id.read()).collect(), on_conversations(answer, user));
        });
    }
}

/// A page of up to `count` conversations from `next_seq` on; 0 is the beginning. `kind` 1 is chats with one user, 2 is
/// groups, any other is all; `only_unread` leaves out those without unread messages.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_list_conversations(
    session: *const drafts_session,
    kind: i32,
    only_unread: bool,
    next_seq: u64,
    count: i64,
    answer: drafts_session_on_list,
    user: *mut c_void,
) {
    let kind = match kind {
        1 => Some(ConversationKind::User),
        2 => Some(ConversationKind::Group),
        _ => None,
    };
    let filter = Filter { kind, has_unread: only_unread };
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.list(filter, next_seq, count, on_list(answer, user))) };
}

/// Pins a conversation above all that are not, or unpins it.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the id's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_pin(
    session: *const drafts_session,
    id: drafts_text,
    pinned: bool,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.pin(id.read(), pinned, on_done(answer, user))) };
}

/// Gives a conversation another id: listeners hear that the old one was deleted and the new one has changed.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the ids' `data` are NULL or have `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_rename(
    session: *const drafts_session,
    from: drafts_text,
    to: drafts_text,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.rename(from.read(), to.read(), on_done(answer, user))) };
}

/// Forgets a conversation, its draft included.
///
/// # Safety
/// `session` is NULL or a session that was not freed; the id's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_delete(
    session: *const drafts_session,
    id: drafts_text,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.delete(id.read(), on_done(answer, user))) };
}

/// Forgets these conversations, each by itself.
///
/// # Safety
/// `session` is NULL or a session that was not freed; there are `count` ids, whose `data` are NULL or have `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_delete_many(
    session: *const drafts_session,
    ids: *const drafts_text,
    count: usize,
    answer: drafts_session_on_deleted,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe {
        let ids = array(ids, count, "ids").unwrap_or_default();
        with(session, (), |session| {
            session.delete_many(ids.iter().map(|id| id.read()).collect(), on_deleted(answer, user));
        });
    }
}

/// Tells what the host knows of a conversation. The update stays the caller's.
///
/// # Safety
/// `session` is NULL or a session that was not freed, and so is `update`; the id's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_update(
    session: *const drafts_session,
    id: drafts_text,
    update: *const drafts_update,
    answer: drafts_session_on_done,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe {
        let told = match update.as_ref() {
            Some(update) => update.get().map_err(|name| Failure::invalid_parameter(name, "it is not Unicode text")),
            None => Err(Failure::invalid_parameter("update", "it is null")),
        };
        with(session, (), |session| session.update(id.read(), told, on_done(answer, user)));
    }
}

/// How many messages are unread, over all conversations.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_total_unread(
    session: *const drafts_session,
    answer: drafts_session_on_number,
    user: *mut c_void,
) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.total_unread(on_number(answer, user))) };
}

/// Adds a listener under a key of the host's; a key that is there already changes nothing. It stays over logout.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_add_listener(
    session: *const drafts_session,
    key: u64,
    on_event: drafts_session_on_event,
    user: *mut c_void,
) {
    if let Some(listener) = HostListener::shared(on_event, user) {
        // SAFETY: the caller vouches for it.
        unsafe { with(session, (), |session| session.add_listener(key, listener)) };
    }
}

/// Takes a listener away: when this returns it is not called any more, unless this is called inside it. The caller must
/// hold no lock that the listener waits for.
///
/// # Safety
/// `session` is NULL or a session that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_session_remove_listener(session: *const drafts_session, key: u64) {
    // SAFETY: the caller vouches for it.
    unsafe { with(session, (), |session| session.remove_listener_and_wait(key)) };
}
