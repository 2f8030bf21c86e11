//! Events.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chat_drafts::{Event, Origin};
use chat_drafts_session::Listeners;

use crate::answer::told;
use crate::pointer::{User, free, give, guarded, required};
use crate::{drafts_conversation, drafts_error, drafts_status, drafts_store};

/// What happened.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum drafts_event_kind {
    /// A conversation came into being.
    Added = 0,
    /// A conversation changed.
    Changed = 1,
    /// A conversation is gone from every read: it was deleted, or nothing is known of it any more.
    Removed = 2,
    /// Events are missing: list again.
    Resync = 3,
}

/// Something was committed. Only the library makes one; later versions may add fields at the end.
#[repr(C)]
pub struct drafts_event {
    /// What happened.
    pub kind: drafts_event_kind,
    /// The store's sequence it shows. A page whose sequence is not below it includes the change.
    pub sequence: u64,
    /// The conversation after the change; NULL for `RESYNC`.
    pub conversation: *const drafts_conversation,
    /// Whether the change was made by this handle, and not by another process.
    pub is_own: bool,
}

/// Hears of events, in commit order, after the change is durable; one for each change and none for what changes nothing.
pub type drafts_on_event = Option<unsafe extern "C" fn(user: *mut c_void, event: *const drafts_event)>;

/// Somebody who hears of events.
pub struct drafts_subscription {
    key: u64,
    subscribers: Arc<Subscribers>,
}

/// Those who hear of a store's events.
pub(crate) type Subscribers = Listeners<dyn Fn(&Event) + Send + Sync>;

/// Calls `on_event` for all that is committed from now on, until the subscription is freed or the store is closed. What
/// was committed just before may still be told.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; `subscription` and `error` are NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_subscribe(
    store: *const drafts_store,
    on_event: drafts_on_event,
    user: *mut c_void,
    subscription: *mut *mut drafts_subscription,
    error: *mut *mut drafts_error,
) -> drafts_status {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let act = || {
        // SAFETY: the caller vouches for it.
        let store = unsafe { required(store, "store") }?;
        if subscription.is_null() {
            return Err(drafts_error::null("subscription"));
        }
        let on_event = on_event.ok_or_else(|| drafts_error::null("on_event"))?;
        let key = NEXT.fetch_add(1, Ordering::Relaxed);
        let own = store.host.drafts.origin();
        let user = User::new(user);
        let tell = move |event: &Event| {
            show(event, own, |event| {
                // SAFETY: the callback is the host's, called as its type says; the event lives until it returns.
                unsafe { on_event(user.get(), event) };
            })
        };
        store.subscribers.add(key, Arc::new(tell));
        store.watch();
        let subscribers = Arc::clone(&store.subscribers);
        // SAFETY: it is not NULL, and the caller vouches for the rest.
        unsafe { give(subscription, Box::into_raw(Box::new(drafts_subscription { key, subscribers }))) };
        Ok(())
    };
    // SAFETY: the caller vouches for it.
    unsafe { told(error, act) }
}

/// Ends a subscription: when this returns its callback is not called any more, unless this is called inside it. The caller
/// must hold no lock that the callback waits for. NULL is fine.
///
/// # Safety
/// `subscription` is NULL, or a subscription that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_subscription_free(subscription: *mut drafts_subscription) {
    // SAFETY: the caller vouches for it.
    unsafe { free(subscription) };
}

impl Drop for drafts_subscription {
    fn drop(&mut self) {
        self.subscribers.remove(self.key, true);
    }
}

impl drafts_store {
    /// Passes events on to the subscribers, from the first one on.
    fn watch(&self) {
        if !self.is_watched.swap(true, Ordering::Relaxed) {
            let subscribers = Arc::clone(&self.subscribers);
            self.host.worker.watch(self.host.drafts.subscribe(), move |event| subscribers.tell(|tell| tell(&event)));
        }
    }
}

fn show(event: &Event, own: Origin, tell: impl FnOnce(&drafts_event)) {
    let kind = match event {
        Event::Added { .. } => drafts_event_kind::Added,
        Event::Changed { .. } => drafts_event_kind::Changed,
        Event::Removed { .. } => drafts_event_kind::Removed,
        _ => drafts_event_kind::Resync,
    };
    let conversation = event.conversation().map(drafts_conversation::of);
    let shown = drafts_event {
        kind,
        sequence: event.sequence(),
        conversation: conversation.as_ref().map_or(ptr::null(), ptr::from_ref),
        is_own: event.origin() == Some(own),
    };
    guarded((), || tell(&shown));
}
