//! How a call is answered: on the caller's stack, or by a callback.

use std::ffi::c_void;
use std::pin::Pin;
use std::ptr;

use chat_drafts::{Conversation, Draft, Drafts, Outcome};
use chat_drafts_session::Worker;

use crate::pointer::{User, give, guarded, required};
use crate::{drafts_conversation, drafts_draft, drafts_error, drafts_page, drafts_status, drafts_store};

/// What became of a write.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct drafts_outcome {
    /// Whether anything was written; the same again is not.
    pub changed: bool,
    /// The revision of the draft, or of its absence, from now on: the base for a next write.
    pub revision: u64,
}

impl From<Outcome> for drafts_outcome {
    fn from(outcome: Outcome) -> Self {
        Self { changed: outcome.is_changed(), revision: outcome.revision().get() }
    }
}

/// Hears that a call is done; `error` is NULL if it went well. It, and all else a callback is given, is the library's and
/// gone when the callback returns.
pub type drafts_on_done = Option<unsafe extern "C" fn(user: *mut c_void, error: *const drafts_error)>;

/// Hears what became of a write; `outcome` is NULL if there is an error.
pub type drafts_on_outcome =
    Option<unsafe extern "C" fn(user: *mut c_void, outcome: *const drafts_outcome, error: *const drafts_error)>;

/// Hears a draft; NULL if there is none, or an error.
pub type drafts_on_draft =
    Option<unsafe extern "C" fn(user: *mut c_void, draft: *const drafts_draft, error: *const drafts_error)>;

/// Hears drafts in the order asked for, NULL where there is none.
pub type drafts_on_drafts = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        drafts: *const *const drafts_draft,
        count: usize,
        error: *const drafts_error,
    ),
>;

/// Hears a page; NULL if there is an error.
pub type drafts_on_page =
    Option<unsafe extern "C" fn(user: *mut c_void, page: *const drafts_page, error: *const drafts_error)>;

/// Hears a revision; 0 if there is an error.
pub type drafts_on_revision =
    Option<unsafe extern "C" fn(user: *mut c_void, revision: u64, error: *const drafts_error)>;

/// Hears a conversation; NULL if it is not known, or if there is an error.
pub type drafts_on_conversation = Option<
    unsafe extern "C" fn(user: *mut c_void, conversation: *const drafts_conversation, error: *const drafts_error),
>;

pub(crate) type Result<T> = std::result::Result<T, drafts_error>;

/// A call of the store, under way.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// What a call does with the store once its arguments are read.
pub(crate) type Work<T> = Box<dyn FnOnce(Drafts) -> Pending<T> + Send>;

/// The work that is this future.
pub(crate) fn work<T, F>(start: impl FnOnce(Drafts) -> F + Send + 'static) -> Result<Work<T>>
where
    F: Future<Output = chat_drafts::Result<T>> + Send + 'static,
{
    Ok(Box::new(|drafts| {
        let call = start(drafts);
        Box::pin(async { Ok(call.await?) })
    }))
}

/// Does something that can fail, and tells how it went.
///
/// # Safety
/// `error` is NULL or can be written to.
pub(crate) unsafe fn told(error: *mut *mut drafts_error, act: impl FnOnce() -> Result<()>) -> drafts_status {
    let outcome = guarded(Err(chat_drafts_session::Interrupted::Panicked.into()), act);
    let status = outcome.as_ref().map_or_else(drafts_error::status, |()| drafts_status::Ok);
    let told = outcome.err().filter(|_| !error.is_null());
    let told = told.map_or(ptr::null_mut(), |told| Box::into_raw(Box::new(told)));
    // SAFETY: the caller vouches for it.
    unsafe { give(error, told) };
    status
}

/// What a handle's calls go to, and what answers those by callback.
#[derive(Clone)]
pub(crate) struct Hosted {
    pub(crate) drafts: Drafts,
    /// Answers by callback come from its thread.
    pub(crate) worker: Worker,
}

/// Does a call of the store on the caller's thread.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; `error` is NULL or can be written to.
pub(crate) unsafe fn wait<T>(
    store: *const drafts_store,
    prepare: impl FnOnce() -> Result<Work<T>>,
    error: *mut *mut drafts_error,
    deliver: impl FnOnce(T),
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait_on(store, "store", |store| (&store.host, prepare()), error, deliver) }
}

/// Does a call of any handle, named `name`, on the caller's thread.
///
/// # Safety
/// `handle` is NULL or one that was not freed; `error` is NULL or can be written to.
pub(crate) unsafe fn wait_on<H: 'static, T>(
    handle: *const H,
    name: &'static str,
    prepare: impl FnOnce(&H) -> (&Hosted, Result<Work<T>>),
    error: *mut *mut drafts_error,
    deliver: impl FnOnce(T),
) -> drafts_status {
    let act = || {
        // SAFETY: the caller vouches for it.
        let (host, prepared) = prepare(unsafe { required(handle, name) }?);
        // A call that this thread has left to a callback comes first.
        host.worker.catch_up();
        deliver(pollster::block_on(prepared?(host.drafts.on_this_thread()))?);
        Ok(())
    };
    // SAFETY: the caller vouches for it.
    unsafe { told(error, act) }
}

/// Begins a call of the store whose answer comes later; arguments that are no good are told by the answer too.
///
/// # Safety
/// `store` is NULL or a handle that was not freed.
pub(crate) unsafe fn then<T: Send + 'static>(
    store: *const drafts_store,
    prepare: impl FnOnce() -> Result<Work<T>>,
    answer: impl FnOnce(Result<T>) + Send + 'static,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then_on(store, "store", |store| (&store.host, prepare()), answer) }
}

/// Begins a call of any handle, named `name`, whose answer comes later.
///
/// # Safety
/// `handle` is NULL or one that was not freed.
pub(crate) unsafe fn then_on<H: 'static, T: Send + 'static>(
    handle: *const H,
    name: &'static str,
    prepare: impl FnOnce(&H) -> (&Hosted, Result<Work<T>>),
    answer: impl FnOnce(Result<T>) + Send + 'static,
) -> drafts_status {
    let act = || {
        // SAFETY: the caller vouches for it.
        let (host, prepared) = prepare(unsafe { required(handle, name) }?);
        let drafts = host.drafts.clone();
        host.worker.call(
            move |is_alone| async move {
                let drafts = if is_alone { drafts.on_this_thread() } else { drafts };
                prepared?(drafts).await
            },
            answer,
        );
        Ok(())
    };
    // SAFETY: nobody wants the error object.
    unsafe { told(ptr::null_mut(), act) }
}

/// Calls a callback with what it hears of a value and of an error: of both, one.
fn heard<T>(answer: Result<T>, hear: impl FnOnce(Option<T>, *const drafts_error)) {
    match answer {
        Ok(value) => hear(Some(value), ptr::null()),
        Err(error) => hear(None, &error),
    }
}

fn pointer<T>(value: Option<&T>) -> *const T {
    value.map_or(ptr::null(), ptr::from_ref)
}

pub(crate) fn on_done(callback: drafts_on_done, user: *mut c_void) -> impl FnOnce(Result<()>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            // SAFETY: the callback is the host's, called as its type says; the pointer lives until it returns.
            heard(answer, |_, error| unsafe { callback(user.get(), error) });
        }
    }
}

pub(crate) fn on_outcome(callback: drafts_on_outcome, user: *mut c_void) -> impl FnOnce(Result<Outcome>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            heard(answer, |outcome, error| {
                let outcome = outcome.map(drafts_outcome::from);
                // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
                unsafe { callback(user.get(), pointer(outcome.as_ref()), error) };
            });
        }
    }
}

pub(crate) fn on_draft(callback: drafts_on_draft, user: *mut c_void) -> impl FnOnce(Result<Option<Draft>>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            heard(answer, |draft, error| {
                let draft = draft.flatten();
                let view = draft.as_ref().map(drafts_draft::of);
                // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
                unsafe { callback(user.get(), pointer(view.as_ref()), error) };
            });
        }
    }
}

pub(crate) fn on_drafts(
    callback: drafts_on_drafts,
    user: *mut c_void,
) -> impl FnOnce(Result<Vec<Option<Draft>>>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            heard(answer, |drafts, error| {
                let drafts = drafts.unwrap_or_default();
                let views: Vec<_> = drafts.iter().map(|draft| draft.as_ref().map(drafts_draft::of)).collect();
                let pointers: Vec<_> = views.iter().map(|view| pointer(view.as_ref())).collect();
                // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
                unsafe { callback(user.get(), pointers.as_ptr(), pointers.len(), error) };
            });
        }
    }
}

pub(crate) fn on_page(callback: drafts_on_page, user: *mut c_void) -> impl FnOnce(Result<chat_drafts::Page>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            heard(answer, |page, error| {
                let page = page.map(drafts_page::from);
                // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
                unsafe { callback(user.get(), pointer(page.as_ref()), error) };
            });
        }
    }
}

pub(crate) fn on_revision(
    callback: drafts_on_revision,
    user: *mut c_void,
) -> impl FnOnce(Result<chat_drafts::Revision>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            heard(answer, |revision, error| {
                // SAFETY: the callback is the host's, called as its type says; the pointer lives until it returns.
                unsafe { callback(user.get(), revision.map_or(0, chat_drafts::Revision::get), error) };
            });
        }
    }
}

pub(crate) fn on_conversation(
    callback: drafts_on_conversation,
    user: *mut c_void,
) -> impl FnOnce(Result<Option<Conversation>>) + Send {
    let user = User::new(user);
    move |answer| {
        if let Some(callback) = callback {
            heard(answer, |conversation, error| {
                let conversation = conversation.flatten();
                let view = conversation.as_ref().map(drafts_conversation::of);
                // SAFETY: the callback is the host's, called as its type says; the pointers live until it returns.
                unsafe { callback(user.get(), pointer(view.as_ref()), error) };
            });
        }
    }
}

/// The answer that gives something to the host, to be freed by it.
pub(crate) fn on_given<T, G>(
    host: Option<Hosted>,
    answer: Option<unsafe extern "C" fn(*mut c_void, *mut G, *const drafts_error)>,
    user: *mut c_void,
    give: impl FnOnce(T, Hosted) -> *mut G + Send,
) -> impl FnOnce(Result<T>) + Send {
    let user = User::new(user);
    move |given| {
        let (Some(answer), Some(host)) = (answer, host) else { return };
        let (given, error) = match given {
            Ok(given) => (give(given, host), None),
            Err(error) => (ptr::null_mut(), Some(error)),
        };
        let error = error.as_ref().map_or(ptr::null(), ptr::from_ref);
        // SAFETY: the callback is the host's, called as its type says; the error lives until it returns.
        unsafe { answer(user.get(), given, error) };
    }
}
