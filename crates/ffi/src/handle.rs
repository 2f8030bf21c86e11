//! The handle of an open store.

use std::ffi::c_void;
use std::path::PathBuf;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chat_drafts::Drafts;
use chat_drafts_session::{Worker, close};

use crate::answer::{Hosted, Pending, Result, told};
use crate::pointer::{User, free, give, guarded};
use crate::subscription::Subscribers;
use crate::{drafts_error, drafts_status, drafts_text};

/// An open store: the drafts of one account. It may be used from any thread.
pub struct drafts_store {
    pub(crate) host: Hosted,
    pub(crate) subscribers: Arc<Subscribers>,
    pub(crate) is_watched: AtomicBool,
}

impl drafts_store {
    fn new(drafts: Drafts, worker: Worker) -> *mut Self {
        let subscribers = Arc::default();
        Box::into_raw(Box::new(Self {
            host: Hosted { drafts, worker },
            subscribers,
            is_watched: AtomicBool::new(false),
        }))
    }
}

impl Drop for drafts_store {
    fn drop(&mut self) {
        // There is nobody left to hear of an error; who wants to hear of it closes first.
        let _ = close(&self.host.worker, &self.host.drafts);
        self.host.worker.close();
    }
}

/// Hears of a store that was opened and is the host's from now on, to be freed by `drafts_free`; NULL if there is an error.
pub type drafts_on_open =
    Option<unsafe extern "C" fn(user: *mut c_void, store: *mut drafts_store, error: *const drafts_error)>;

/// An opening under way.
type Opening = Pending<Drafts>;

fn open_url(url: String, create: bool) -> Opening {
    Box::pin(async move {
        Ok(match create {
            true => chat_drafts::open(&url).await,
            false => chat_drafts::open_existing(&url).await,
        }?)
    })
}

fn open_account(folder: String, engine: String, name: String) -> Opening {
    Box::pin(async move { Ok(chat_drafts::open_account(PathBuf::from(folder), &engine, &name).await?) })
}

/// # Safety
/// `store` and `error` are NULL or can be written to.
unsafe fn wait(
    prepare: impl FnOnce() -> Result<Opening>,
    store: *mut *mut drafts_store,
    error: *mut *mut drafts_error,
) -> drafts_status {
    let act = || {
        if store.is_null() {
            return Err(drafts_error::null("store"));
        }
        // SAFETY: it is not NULL, and the caller vouches for the rest.
        unsafe { store.write(ptr::null_mut()) };
        let drafts = pollster::block_on(prepare()?)?;
        // SAFETY: as above.
        unsafe { give(store, drafts_store::new(drafts, Worker::default())) };
        Ok(())
    };
    // SAFETY: the caller vouches for it.
    unsafe { told(error, act) }
}

fn then(prepare: impl FnOnce() -> Result<Opening>, answer: drafts_on_open, user: *mut c_void) -> drafts_status {
    let user = User::new(user);
    let act = || {
        let opening = prepare();
        let worker = Worker::default();
        let of_store = worker.clone();
        worker.call(
            |_| async { opening?.await },
            move |opened: Result<Drafts>| {
                let Some(answer) = answer else { return };
                let (store, error) = match opened {
                    Ok(drafts) => (drafts_store::new(drafts, of_store), None),
                    Err(error) => (ptr::null_mut(), Some(error)),
                };
                let error = error.as_ref().map_or(ptr::null(), ptr::from_ref);
                // SAFETY: the callback is the host's, called as its type says; the error lives until it returns.
                unsafe { answer(user.get(), store, error) };
            },
        );
        Ok(())
    };
    // SAFETY: nobody wants the error object.
    unsafe { told(ptr::null_mut(), act) }
}

/// Opens the store at this address: `sqlite:path`, `redb:path`, or `memory:`. The file is created if there is none; its
/// folder is not.
///
/// # Safety
/// The url's `data` is NULL or has `len` bytes; `store` and `error` are NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_open(
    url: drafts_text,
    store: *mut *mut drafts_store,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(|| Ok(open_url(url.required("url")?, true)), store, error) }
}

/// `drafts_open`, answered by a callback.
///
/// # Safety
/// The url's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_open_then(
    url: drafts_text,
    answer: drafts_on_open,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    then(|| Ok(open_url(unsafe { url.required("url") }?, true)), answer, user)
}

/// `drafts_open` without creating anything.
///
/// # Safety
/// As for `drafts_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_open_existing(
    url: drafts_text,
    store: *mut *mut drafts_store,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(|| Ok(open_url(url.required("url")?, false)), store, error) }
}

/// `drafts_open_existing`, answered by a callback.
///
/// # Safety
/// The url's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_open_existing_then(
    url: drafts_text,
    answer: drafts_on_open,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    then(|| Ok(open_url(unsafe { url.required("url") }?, false)), answer, user)
}

/// Opens the store of one account: each has a file of its own in `folder`, which must exist. `engine` is `sqlite`, `redb`
/// or `memory`. No name leads out of the folder and no two names share a file.
///
/// # Safety
/// The texts' `data` are NULL or have `len` bytes; `store` and `error` are NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_open_account(
    folder: drafts_text,
    engine: drafts_text,
    name: drafts_text,
    store: *mut *mut drafts_store,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait(|| account(folder, engine, name), store, error) }
}

/// `drafts_open_account`, answered by a callback.
///
/// # Safety
/// The texts' `data` are NULL or have `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_open_account_then(
    folder: drafts_text,
    engine: drafts_text,
    name: drafts_text,
    answer: drafts_on_open,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    then(|| unsafe { account(folder, engine, name) }, answer, user)
}

/// # Safety
/// The texts' `data` are NULL or have `len` bytes.
unsafe fn account(folder: drafts_text, engine: drafts_text, name: drafts_text) -> Result<Opening> {
    // SAFETY: the caller vouches for it.
    let read = |text: drafts_text, what| unsafe { text.required(what) };
    Ok(open_account(read(folder, "folder")?, read(engine, "engine")?, read(name, "name")?))
}

/// Closes the store if it is open, waits until every call on it is answered, and frees the handle. NULL is fine.
///
/// Saving goes on as long as the store writes one call after the other, and ends five seconds after the last. What cannot be
/// saved is lost: whoever wants to keep it calls `drafts_close` before, and `drafts_unsaved` if that answers `UNSAVED`. A
/// call that the store has not answered a second later answers `CLOSED`; where the disk itself hangs, this returns after ten
/// more seconds at most. Callbacks are waited for as long as they take.
///
/// Inside a callback of this store it cannot wait for the callbacks behind it; they follow.
///
/// # Safety
/// `store` is NULL, or a handle that is not used any more; its subscriptions may still be freed later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_free(store: *mut drafts_store) {
    // SAFETY: the caller vouches for it.
    guarded((), || unsafe { free(store) });
}
