//! What the session's callbacks hear.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use chat_drafts_session::{Conversation, Deleted, Executor, Failure, List, Listener, Reply, Text};

use crate::pointer::{User, guarded};
use crate::{drafts_conversation, drafts_text};

/// Hears what a call of the session came to: 0, or one of the SDK's codes and a sentence for the developer, without any
/// draft's text. It, and all else a callback is given, is gone when the callback returns.
pub type drafts_session_on_done = Option<unsafe extern "C" fn(user: *mut c_void, code: i32, sentence: drafts_text)>;

/// Hears conversations; `list` is NULL if `code` is not 0.
pub type drafts_session_on_list =
    Option<unsafe extern "C" fn(user: *mut c_void, code: i32, sentence: drafts_text, list: *const drafts_session_list)>;

/// Hears what became of each conversation that was to be deleted; none if `code` is not 0.
pub type drafts_session_on_deleted = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        code: i32,
        sentence: drafts_text,
        deleted: *const drafts_session_deleted,
        count: usize,
    ),
>;

/// Hears a number; 0 if `code` is not 0.
pub type drafts_session_on_number =
    Option<unsafe extern "C" fn(user: *mut c_void, code: i32, sentence: drafts_text, number: u64)>;

/// Conversations, highest order key first. Only the library makes one; later versions may add fields at the end.
#[repr(C)]
pub struct drafts_session_list {
    /// `count` conversations.
    pub conversations: *const *const drafts_conversation,
    /// How many.
    pub count: usize,
    /// What to ask for next; 0 at the end.
    pub next_seq: u64,
    /// Whether this is the end of the list.
    pub is_finished: bool,
}

/// What became of one conversation that was to be deleted.
#[repr(C)]
pub struct drafts_session_deleted {
    /// The id as it was given.
    pub id: drafts_text,
    /// 0, or one of the SDK's codes.
    pub code: i32,
    /// What went wrong.
    pub sentence: drafts_text,
}

/// What a listener hears of.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum drafts_session_event {
    /// The list is about to be read anew: after a login, and when another process has written to the same file.
    SyncStart = 0,
    /// The list can be read now.
    SyncFinish = 1,
    /// A conversation came into being.
    New = 2,
    /// A conversation changed; one that is known no more has an empty draft.
    Changed = 3,
    /// A conversation was deleted.
    Deleted = 4,
}

/// Hears of conversations; `conversation` is NULL for `SYNC_START` and `SYNC_FINISH`. Later versions may tell of more:
/// pass over what you do not know.
pub type drafts_session_on_event = Option<
    unsafe extern "C" fn(user: *mut c_void, event: drafts_session_event, conversation: *const drafts_conversation),
>;

/// An answer on its way to the host: `drafts_reply_run` calls the host's callback.
pub struct drafts_reply(Reply);

/// Runs replies where the host wants its callbacks: keeps the reply, and soon calls `drafts_reply_run` once, on the thread
/// of its choice, in the order of these calls.
pub type drafts_execute = Option<unsafe extern "C" fn(user: *mut c_void, reply: *mut drafts_reply)>;

/// Calls the callback that this reply is for, and frees the reply. NULL is fine.
///
/// # Safety
/// `reply` is NULL, or a reply that an executor was given and that was not run yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_reply_run(reply: *mut drafts_reply) {
    if !reply.is_null() {
        // SAFETY: an executor gets what `Box::into_raw` made; the caller vouches for the rest.
        let reply = unsafe { Box::from_raw(reply) };
        guarded((), || (reply.0)());
    }
}

/// The host's executor.
pub(crate) struct HostExecutor {
    execute: unsafe extern "C" fn(user: *mut c_void, reply: *mut drafts_reply),
    user: User,
}

impl HostExecutor {
    pub(crate) fn shared(execute: drafts_execute, user: *mut c_void) -> Option<Arc<dyn Executor>> {
        execute.map(|execute| Arc::new(Self { execute, user: User::new(user) }) as Arc<dyn Executor>)
    }
}

impl Executor for HostExecutor {
    fn execute(&self, reply: Reply) {
        let reply = Box::into_raw(Box::new(drafts_reply(reply)));
        // SAFETY: the executor is the host's, called as its type says.
        unsafe { (self.execute)(self.user.get(), reply) };
    }
}

/// The host's listener.
pub(crate) struct HostListener {
    on_event: unsafe extern "C" fn(*mut c_void, drafts_session_event, *const drafts_conversation),
    user: User,
}

impl HostListener {
    pub(crate) fn shared(on_event: drafts_session_on_event, user: *mut c_void) -> Option<Arc<dyn Listener>> {
        on_event.map(|on_event| Arc::new(Self { on_event, user: User::new(user) }) as Arc<dyn Listener>)
    }

    fn tell(&self, event: drafts_session_event, conversation: Option<&Conversation>) {
        let view = conversation.map(drafts_conversation::of);
        let view = view.as_ref().map_or(ptr::null(), ptr::from_ref);
        // SAFETY: the listener is the host's, called as its type says; the conversation lives until it returns.
        unsafe { (self.on_event)(self.user.get(), event, view) };
    }
}

impl Listener for HostListener {
    fn on_sync_server_start(&self) {
        self.tell(drafts_session_event::SyncStart, None);
    }

    fn on_sync_server_finish(&self) {
        self.tell(drafts_session_event::SyncFinish, None);
    }

    fn on_new_conversation(&self, conversation: &Conversation) {
        self.tell(drafts_session_event::New, Some(conversation));
    }

    fn on_conversation_changed(&self, conversation: &Conversation) {
        self.tell(drafts_session_event::Changed, Some(conversation));
    }

    fn on_conversation_deleted(&self, conversation: &Conversation) {
        self.tell(drafts_session_event::Deleted, Some(conversation));
    }
}

type Result<T> = std::result::Result<T, Failure>;

/// The code and the sentence of an answer.
pub(crate) fn told<T>(answer: &Result<T>) -> (i32, drafts_text) {
    match answer {
        Ok(_) => (0, drafts_text::NONE),
        Err(failure) => (failure.code(), drafts_text::of(failure.sentence())),
    }
}

pub(crate) fn on_done(callback: drafts_session_on_done, user: *mut c_void) -> impl FnOnce(Result<()>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            let (code, sentence) = told(&answer);
            // SAFETY: the callback is the host's, called as its type says; the sentence lives until it returns.
            unsafe { callback(user.get(), code, sentence) };
        }
    }
}

pub(crate) fn on_number(callback: drafts_session_on_number, user: *mut c_void) -> impl FnOnce(Result<u64>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            let (code, sentence) = told(&answer);
            let number = *answer.as_ref().unwrap_or(&0);
            // SAFETY: the callback is the host's, called as its type says; the sentence lives until it returns.
            unsafe { callback(user.get(), code, sentence, number) };
        }
    }
}

pub(crate) fn on_list(callback: drafts_session_on_list, user: *mut c_void) -> impl FnOnce(Result<List>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            let (code, sentence) = told(&answer);
            let list = answer.as_ref().ok();
            let views: Vec<_> =
                list.into_iter().flat_map(|list| list.conversations.iter().map(drafts_conversation::of)).collect();
            let rows: Vec<_> = views.iter().map(ptr::from_ref).collect();
            let shown = list.map(|list| drafts_session_list {
                conversations: rows.as_ptr(),
                count: rows.len(),
                next_seq: list.next_seq,
                is_finished: list.is_finished,
            });
            let shown = shown.as_ref().map_or(ptr::null(), ptr::from_ref);
            // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
            unsafe { callback(user.get(), code, sentence, shown) };
        }
    }
}

/// [`on_list`] for conversations that are no part of a list.
pub(crate) fn on_conversations(
    callback: drafts_session_on_list,
    user: *mut c_void,
) -> impl FnOnce(Result<Vec<Conversation>>) + Send {
    let hear = on_list(callback, user);
    |answer| hear(answer.map(|conversations| List { conversations, next_seq: 0, is_finished: true }))
}

pub(crate) fn on_deleted(
    callback: drafts_session_on_deleted,
    user: *mut c_void,
) -> impl FnOnce(Result<Vec<Deleted>>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            let (code, sentence) = told(&answer);
            let view = |deleted: &Deleted| {
                let (code, sentence) = told(&deleted.outcome);
                let id = match &deleted.id {
                    Text::Valid(id) => drafts_text::of(id),
                    _ => drafts_text::NONE,
                };
                drafts_session_deleted { id, code, sentence }
            };
            let views: Vec<_> = answer.iter().flatten().map(view).collect();
            // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
            unsafe { callback(user.get(), code, sentence, views.as_ptr(), views.len()) };
        }
    }
}
